/**
 * Who sits the exam: a photo of the face and of the document, turning the head, a look round the room where
 * the rules ask for it, and a quiet moment to learn the usual position. Nothing here fails anybody: what a
 * picture does not show a person looks at, and a private check is one click away.
 */
import { Camera, RotateCw } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { OwnVideo } from "../class/Face";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { askHelp, sendPhoto, takeStep } from "./api";
import { useExam, useView } from "./context";
import { snap } from "./snap";
import type { Photo, PhotoKind } from "./types";
import type { StationProps } from "./WayIn";

/** Own picture as large as it is needed here, with a way to switch the camera on. */
function Look({ mirrored = true }: { mirrored?: boolean }) {
  const { local } = useExam().room;
  const track = local.cam.track.value;
  return (
    <div class="exam-look">
      {track ? (
        <OwnVideo track={track} mirrored={mirrored} />
      ) : (
        <Button icon={Camera} onClick={() => void local.on("cam")}>
          {t("exam.camera_on")}
        </Button>
      )}
    </div>
  );
}

function useSnap(): { take: (kind: PhotoKind) => Promise<void>; able: boolean } {
  const { attempt, local } = useExam().room;
  return {
    able: local.cam.track.value !== null,
    take: async kind => {
      const track = local.cam.track.value;
      if (!track) throw new Error("no camera");
      const picture = await snap(track);
      const asked = performance.now();
      const { attempt: view } = await sendPhoto(attempt.exam, attempt.tab, kind, picture);
      attempt.put(view, asked);
    },
  };
}

interface PhotoProps extends StationProps {
  kind: "face" | "document";
  words: string;
}

function PhotoStep({ kind, words, pass }: PhotoProps) {
  const { able, take } = useSnap();
  const taken = useView().steps[kind];
  const doing = useDoing();
  const shoot = (): void => void doing.run(() => take(kind));
  return (
    <>
      <p>{words}</p>
      <Look mirrored={kind === "face"} />
      {taken?.problem && <Problem photo={taken} />}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          icon={taken ? RotateCw : Camera}
          disabled={!able}
          busy={doing.busy}
          onClick={shoot}
          data-testid={`exam-photo-${kind}`}
        >
          {taken ? t("exam.photo_again") : t("exam.photo_take")}
        </Button>
        {(taken !== null || kind === "document") && (
          <Button onClick={pass} data-testid={`exam-${kind}-pass`}>
            {taken ? t("exam.photo_pass") : t("exam.document_pass")}
          </Button>
        )}
        <Private />
      </div>
    </>
  );
}

export function FacePhoto({ pass }: StationProps) {
  return <PhotoStep kind="face" words={t("exam.face_words")} pass={pass} />;
}

export function DocumentPhoto({ pass }: StationProps) {
  return <PhotoStep kind="document" words={t("exam.document_words")} pass={pass} />;
}

export function Problem({ photo }: { photo: Photo }) {
  if (!photo.problem) return null;
  return (
    <Note tone="warn" testid="exam-photo-problem">
      {t(`exam.photo.${photo.problem}`)}
    </Note>
  );
}

/** A veil, a scar, another reason: a proctor looks in private, and nobody else. */
function Private() {
  const { attempt } = useExam().room;
  const { steps } = useView();
  const doing = useDoing();
  const ask = (): void =>
    void doing.run(async () => {
      await attempt.act(() => takeStep(attempt.exam, attempt.tab, "private", "on"));
      await attempt.tell(() => askHelp(attempt.exam, attempt.tab, true));
    });
  if (steps.private) {
    return (
      <span class="muted" data-testid="exam-private-asked">
        {t("exam.private_asked")}
      </span>
    );
  }
  return (
    <>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Button look="quiet" busy={doing.busy} onClick={ask} data-testid="exam-private">
        {t("exam.private")}
      </Button>
    </>
  );
}

const TURNS = ["left", "right"] as const;
/** Time to turn the head before the picture is taken, seconds. */
const TURN_FOR = 3;

export function Turn({ pass }: StationProps) {
  const { attempt } = useExam().room;
  const { able, take } = useSnap();
  const doing = useDoing();
  const [prompt, setPrompt] = useState("");
  const run = (): void =>
    void doing.run(async () => {
      try {
        for (const side of TURNS) {
          for (let left = TURN_FOR; left > 0; left--) {
            setPrompt(t(`exam.turn.${side}`, { seconds: left }));
            await new Promise(done => setTimeout(done, 1000));
          }
          await take(side);
        }
        await attempt.act(() => takeStep(attempt.exam, attempt.tab, "turn", "done"));
      } finally {
        setPrompt("");
      }
    });
  return (
    <>
      <p>{t("exam.turn_words")}</p>
      <Look />
      <p class="exam-prompt" role="status">
        {prompt}
      </p>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button look="primary" disabled={!able} busy={doing.busy} onClick={run} data-testid="exam-turn">
          {t("exam.turn.begin")}
        </Button>
        <Button onClick={pass} data-testid="exam-turn-pass">
          {t("exam.turn_pass")}
        </Button>
      </div>
    </>
  );
}

export function RoomPan() {
  const { attempt } = useExam().room;
  const { able, take } = useSnap();
  const doing = useDoing();
  const done = (value: "done" | "skipped"): void =>
    void doing.run(async () => {
      if (value === "done") await take("room");
      await attempt.act(() => takeStep(attempt.exam, attempt.tab, "room", value));
    });
  return (
    <>
      <p>{t("exam.room_words")}</p>
      <Look mirrored={false} />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          disabled={!able}
          busy={doing.busy}
          onClick={() => done("done")}
          data-testid="exam-room"
        >
          {t("exam.room_done")}
        </Button>
        <Button busy={doing.busy} onClick={() => done("skipped")} data-testid="exam-room-pass">
          {t("exam.room_pass")}
        </Button>
      </div>
    </>
  );
}

/** Seconds of sitting as usual; the server looks about once a second. */
const STILL_FOR = 10;

export function Baseline({ pass }: StationProps) {
  const { attempt } = useExam().room;
  const [left, setLeft] = useState(0);
  // Whether the server could learn it or not, the way goes on: it tries again while the exam runs.
  const tell = (value: "begin" | "done"): Promise<void> =>
    attempt.act(() => takeStep(attempt.exam, attempt.tab, "baseline", value)).catch(() => undefined);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setLeft(left - 1);
      if (left === 1) void tell("done").then(pass);
    }, 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <>
      <p>{t("exam.baseline_words")}</p>
      <Look />
      <p class="exam-prompt" role="status">
        {left > 0 && t("exam.baseline_left", { count: left })}
      </p>
      <div>
        <Button
          look="primary"
          busy={left > 0}
          onClick={() => {
            void tell("begin");
            setLeft(STILL_FOR);
          }}
          data-testid="exam-baseline"
        >
          {t("exam.baseline_begin")}
        </Button>
      </div>
    </>
  );
}
