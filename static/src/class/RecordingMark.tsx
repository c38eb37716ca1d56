/**
 * The red mark and what stands behind it. It shows what the server has on its disk, not what somebody
 * meant to record: how many tracks grow, or what is wrong. Whoever runs the class can pause it here.
 */
import { CircleAlert, CircleDot, CirclePause } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { maybe, t } from "../i18n";
import { RequestFailed } from "../media/socket";
import type { Recording } from "../media/wire";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { toast } from "../ui/Toast";
import { useDesk } from "./context";
import "./recording.css";

type Standing = "off" | "paused" | "problem" | "waiting" | "on";

function standing({ on, paused, tracks, problem }: Recording): Standing {
  if (problem) return "problem";
  if (paused) return "paused";
  if (!on) return "off";
  return tracks > 0 ? "on" : "waiting";
}

export function RecordingMark() {
  const { room, dialog } = useDesk();
  const recording = room.state.recording.value;
  const now = standing(recording);
  if (now === "off") return null;
  const Picture = now === "problem" ? CircleAlert : now === "paused" ? CirclePause : CircleDot;
  return (
    <button
      type="button"
      class={`recording-mark recording-${now}`}
      data-testid="recording-mark"
      data-standing={now}
      data-tracks={recording.tracks}
      title={t("recording.title")}
      onClick={() => (dialog.value = "recording")}
    >
      <Picture size={18} aria-hidden />
      <span class="recording-words">{t(`recording.mark_${now}`)}</span>
    </button>
  );
}

export function RecordingDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { room } = useDesk();
  const recording = room.state.recording.value;
  const now = standing(recording);
  const doing = useDoing();
  const pause = (paused: boolean): void =>
    void doing.run(async () => {
      try {
        await room.socket.request("recording.pause", { paused });
      } catch (error) {
        if (error instanceof RequestFailed) toast(error.message || t("recording.failed"));
      }
    });
  return (
    <Dialog open={open} title={t("recording.title")} onClose={onClose} testid="dialog-recording">
      <div class="stack">
        {now === "on" && (
          <p data-testid="recording-facts">
            {t("recording.facts", { count: recording.tracks, size: Math.round(recording.bytes / 1_000_000) })}
          </p>
        )}
        {now === "waiting" && <p>{t("recording.waiting")}</p>}
        {now === "paused" && <p>{t("recording.paused")}</p>}
        {now === "problem" && (
          <Note tone="danger">
            {maybe(`recording.problem.${recording.problem.split(".")[1] ?? ""}`) ??
              t("recording.problem.stalled")}
          </Note>
        )}
        <p class="muted">{t("recording.what")}</p>
        {room.state.rights.value.open && now !== "off" && (
          <Button
            icon={recording.paused ? CircleDot : CirclePause}
            busy={doing.busy}
            onClick={() => pause(!recording.paused)}
            data-testid="recording-pause"
          >
            {recording.paused ? t("recording.resume") : t("recording.pause")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

const NOTICE = 12_000; // ms

/** Said once to everybody who comes into a class that is recorded (R17). */
export function RecordingNotice() {
  const { room } = useDesk();
  const { on } = room.state.recording.value;
  const [read, setRead] = useState(false);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!on || seen) return;
    setSeen(true);
    // The mark in the top bar goes on saying it; the notice must not lie over the pictures for ever.
    setTimeout(() => setRead(true), NOTICE);
  }, [on]);
  if (!seen || !on || read) return null;
  return (
    <div class="banner recording-notice" role="status" data-testid="recording-notice">
      <CircleDot size={20} aria-hidden class="recording-dot" />
      <span class="grow">{t("recording.notice")}</span>
      <Button onClick={() => setRead(true)} data-testid="recording-notice-read">
        {t("recording.understood")}
      </Button>
    </div>
  );
}
