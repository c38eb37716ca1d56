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

type Standing = "off" | "asked" | "paused" | "problem" | "waiting" | "on";

function standing({ on, paused, tracks, problem, asks }: Recording): Standing {
  if (problem) return "problem";
  if (paused) return "paused";
  if (!on) return asks ? "asked" : "off";
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
      class={`top-mark recording-${now}`}
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
  const { busy, say } = useSaying();
  return (
    <Dialog open={open} title={t("recording.title")} onClose={onClose} testid="dialog-recording">
      <div class="stack">
        {now === "on" && (
          <p data-testid="recording-facts">
            {t("recording.facts", { count: recording.tracks, size: Math.round(recording.bytes / 1_000_000) })}
          </p>
        )}
        {now === "waiting" && <p>{t("recording.waiting")}</p>}
        {recording.asks && (
          <p data-testid="recording-agreed">
            {t("recording.asked", {
              agreed: recording.agreed.filter(id => room.state.people.value.has(id)).length,
              people: room.state.people.value.size,
            })}
          </p>
        )}
        {now === "paused" && <p>{t("recording.paused")}</p>}
        {now === "problem" && (
          <Note tone="danger">
            {maybe(`recording.problem.${recording.problem.split(".")[1] ?? ""}`) ??
              t("recording.problem.stalled")}
          </Note>
        )}
        <p class="muted">{t("recording.what")}</p>
        {recording.asks && <Agree />}
        {room.state.rights.value.open && now !== "off" && now !== "asked" && (
          <Button
            icon={recording.paused ? CircleDot : CirclePause}
            busy={busy}
            onClick={() => say("recording.pause", { paused: !recording.paused })}
            data-testid="recording-pause"
          >
            {recording.paused ? t("recording.resume") : t("recording.pause")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** Says something of the recording to the server, and shows why it did not work. */
function useSaying() {
  const { room } = useDesk();
  const doing = useDoing();
  const say = (type: string, body: Record<string, boolean>): void =>
    void doing.run(async () => {
      try {
        await room.socket.request(type, body);
      } catch (error) {
        if (error instanceof RequestFailed) toast(error.message || t("recording.failed"));
      }
    });
  return { busy: doing.busy, say };
}

/** Agree to be recorded, or no longer, where everybody has to. */
function Agree() {
  const { room } = useDesk();
  const { busy, say } = useSaying();
  const agrees = room.state.recording.value.agreed.includes(room.state.you.value);
  return (
    <Button
      icon={agrees ? CirclePause : CircleDot}
      busy={busy}
      onClick={() => say("recording.agree", { agree: !agrees })}
      data-testid="recording-agree"
    >
      {t(agrees ? "recording.disagree" : "recording.agree")}
    </Button>
  );
}

/** A teacher would like to record what is recorded only if everybody agrees. */
export function RecordingQuestion() {
  const { room } = useDesk();
  const { recording, people, you } = room.state;
  const [declined, setDeclined] = useState(false);
  const { asks, agreed } = recording.value;
  const wished = agreed.some(id => people.value.get(id)?.role === "teacher");
  if (!asks || !wished || declined || agreed.includes(you.value)) return null;
  return (
    <div class="banner recording-notice recording-question" role="status" data-testid="recording-question">
      <CircleDot size={20} aria-hidden class="recording-dot" />
      <span class="grow">{t("recording.question")}</span>
      <Agree />
      <Button onClick={() => setDeclined(true)} data-testid="recording-decline">
        {t("recording.decline")}
      </Button>
    </div>
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
