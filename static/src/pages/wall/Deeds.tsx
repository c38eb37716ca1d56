/**
 * What a proctor can do for one student: admit, ask for a new photo, pause, go on, give time, suspend. Each
 * that a student feels asks for a reason, which the student and the commission can read.
 */
import { BadgeCheck, Camera, CircleCheck, CircleStop, Hand, Pause, Play, TimerReset } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { admit, askPhoto, confirm, extend, helped, pause, resume, suspend, takeUp } from "./api";
import { doubts } from "./checks";
import type { Feed } from "./feed";
import type { Student } from "./types";

type Asked = "" | "admit" | "pause" | "extend" | "suspend" | "take_up";

interface Props {
  feed: Feed;
  one: Student;
  onDone: () => void;
}

export function Deeds({ feed, one, onDone }: Props) {
  const [asked, setAsked] = useState<Asked>("");
  const doing = useDoing();
  const { exam } = feed;
  const done = (words: string): void => {
    toast(words);
    feed.again();
    onDone();
  };
  const run = (work: () => Promise<unknown>, words: string): Promise<void> =>
    doing.run(async () => {
      try {
        await work();
        done(words);
      } catch (error) {
        toast(explain(error), "fault");
      }
    });
  const writes = one.state === "running" || one.state === "break";
  const sits = writes || one.state === "admitted" || one.state === "paused";
  const unsure = sits && one.steps.face !== null && one.steps.confirmed === null;
  const letIn = (): void => {
    if (doubts(one.steps, feed.frame.value?.exam.identity ?? true).length > 0) setAsked("admit");
    else void run(() => admit(exam, one.person, ""), t("wall.done_admit", { name: one.name }));
  };
  return (
    <div class="row pw-deeds">
      {one.state === "waiting" && (
        <Button look="primary" icon={CircleCheck} onClick={letIn} data-testid="wall-admit">
          {t("wall.admit")}
        </Button>
      )}
      {unsure && (
        <Button
          look={one.check_asked ? "plain" : "primary"}
          icon={BadgeCheck}
          onClick={() => void run(() => confirm(exam, one.person), t("wall.done_confirm"))}
          data-testid="wall-confirm"
        >
          {t("wall.confirm")}
        </Button>
      )}
      {(sits || one.state === "waiting" || one.state === "preparing") && (
        <Button
          icon={Camera}
          onClick={() => void run(() => askPhoto(exam, one.person), t("wall.done_check"))}
          data-testid="wall-check"
        >
          {t("wall.check")}
        </Button>
      )}
      {one.help && (
        <Button
          look="primary"
          icon={Hand}
          onClick={() => void run(() => helped(exam, one.person), t("wall.done_helped"))}
          data-testid="wall-helped"
        >
          {t("wall.helped")}
        </Button>
      )}
      {one.state === "paused" && (
        <Button
          look="primary"
          icon={Play}
          onClick={() => void run(() => resume(exam, one.person), t("wall.done_resume"))}
          data-testid="wall-resume"
        >
          {t("wall.resume")}
        </Button>
      )}
      {one.state === "suspended" && (
        <Button look="primary" icon={Play} onClick={() => setAsked("take_up")} data-testid="wall-take-up">
          {t("wall.take_up")}
        </Button>
      )}
      {writes && (
        <Button icon={Pause} onClick={() => setAsked("pause")} data-testid="wall-pause">
          {t("wall.pause")}
        </Button>
      )}
      {sits && (
        <>
          <Button icon={TimerReset} onClick={() => setAsked("extend")} data-testid="wall-extend">
            {t("wall.extend")}
          </Button>
          <Button icon={CircleStop} onClick={() => setAsked("suspend")} data-testid="wall-suspend">
            {t("wall.suspend")}
          </Button>
        </>
      )}
      {asked && (
        <DeedDialog
          key={asked}
          deed={asked}
          feed={feed}
          one={one}
          onClose={() => setAsked("")}
          onDone={words => {
            setAsked("");
            done(words);
          }}
        />
      )}
    </div>
  );
}

interface DeedProps {
  deed: Exclude<Asked, "">;
  feed: Feed;
  one: Student;
  onClose: () => void;
  onDone: (words: string) => void;
}

/** Ask for what the deed needs, then do it. */
export function DeedDialog({ deed, feed, one, onClose, onDone }: DeedProps) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("10");
  const [told, setTold] = useState(false);
  const doing = useDoing();
  const name = one.name;
  const { exam } = feed;
  const length = Number(minutes);
  const fine =
    reason.trim().length >= 3 &&
    (deed !== "extend" || (Number.isInteger(length) && length > 0 && length <= 240));
  const work: Record<typeof deed, () => Promise<unknown>> = {
    admit: () => admit(exam, one.person, reason.trim()),
    pause: () => pause(exam, one.person, reason.trim()),
    extend: () => extend(exam, one.person, length, reason.trim()),
    suspend: () => suspend(exam, one.person, reason.trim()),
    take_up: () => takeUp(exam, one.person, reason.trim()),
  };
  const submit = (): void => {
    setTold(true);
    if (!fine) return;
    void doing.run(async () => {
      await work[deed]();
      onDone(t(`wall.done_${deed}`, { name }));
    });
  };
  return (
    <Dialog
      open
      title={t(`wall.ask_${deed}`, { name })}
      onClose={onClose}
      onSubmit={submit}
      testid={`wall-dialog-${deed}`}
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            look={deed === "suspend" ? "danger" : "primary"}
            type="submit"
            busy={doing.busy}
            data-testid="wall-deed-yes"
          >
            {t(`wall.${deed}`)}
          </Button>
        </>
      }
    >
      <Note tone={deed === "suspend" ? "warn" : "plain"}>{t(`wall.tell_${deed}`)}</Note>
      {deed === "admit" && (
        <ul>
          {doubts(one.steps, feed.frame.value?.exam.identity ?? true).map(words => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      {deed === "extend" && (
        <Field
          label={t("wall.minutes_more")}
          type="number"
          min={1}
          max={240}
          inputMode="numeric"
          value={minutes}
          onValue={setMinutes}
          data-testid="wall-minutes"
        />
      )}
      <TextArea
        label={t("wall.reason")}
        value={reason}
        onValue={setReason}
        maxLength={500}
        error={told && reason.trim().length < 3 ? t("wall.reason_short") : undefined}
        data-testid="wall-reason"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
