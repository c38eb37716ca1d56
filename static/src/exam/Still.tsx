/** The quiet pages around the writing: waiting, about to start, break, pause, stopped, over. */
import { Camera, Coffee, Hourglass, Pause, Play, ReceiptText } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { OwnVideo } from "../class/Face";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { clock, dayAndTime } from "../i18n/dates";
import { Button, ButtonLink, type Icon } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { move, sendPhoto, type Move } from "./api";
import { counted } from "./clock";
import { useExam, useView } from "./context";
import { kindName } from "./kinds";
import { seatWords } from "./seat";
import { Problem } from "./Identity";
import { snap } from "./snap";

interface CalmProps {
  icon: Icon;
  title: string;
  children: ComponentChildren;
  testid: string;
  picture?: boolean;
}

function Calm({ icon: Picture, title, children, testid, picture }: CalmProps) {
  const track = useExam().room.local.cam.track.value;
  return (
    <section class="exam-calm stack" data-testid={testid}>
      <span class="exam-calm-picture">
        <Picture size={32} aria-hidden />
      </span>
      <h2>{title}</h2>
      {children}
      {picture && track && (
        <div class="exam-look exam-look-small">
          <OwnVideo track={track} />
        </div>
      )}
    </section>
  );
}

function MoveButton({ to, words, icon, off }: { to: Move; words: string; icon: Icon; off?: boolean }) {
  const { attempt } = useExam().room;
  const doing = useDoing();
  return (
    <>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          look="primary"
          class="exam-large"
          icon={icon}
          disabled={off ?? false}
          busy={doing.busy}
          onClick={() => void doing.run(() => attempt.act(() => move(attempt.exam, attempt.tab, to)))}
          data-testid={`exam-${to}`}
        >
          {words}
        </Button>
      </div>
    </>
  );
}

export function Waiting() {
  const view = useView();
  return (
    <Calm icon={Hourglass} title={t("exam.waiting")} testid="exam-waiting" picture>
      {view.check_asked ? <NewPhoto /> : <p>{t("exam.waiting_words")}</p>}
      <p class="muted">{t("exam.waiting_more", { time: clock(view.exam.starts) })}</p>
      <SeatWords />
    </Calm>
  );
}

/** Where the seat in the computer class is, when to be there and who is in the room. */
export function SeatWords() {
  const { place, room, seat, in_room: inRoom, exam } = useView();
  if (place !== "class") return null;
  return (
    <p data-testid="exam-seat-words">{seatWords({ room, seat, in_room: inRoom, starts: exam.starts })}</p>
  );
}

/** The proctor could not see well enough: once more, here and now. */
export function NewPhoto() {
  const { attempt, local } = useExam().room;
  const { steps } = useView();
  const doing = useDoing();
  const shoot = (): void =>
    void doing.run(async () => {
      const track = local.cam.track.value;
      if (!track) return;
      const picture = await snap(track);
      const asked = performance.now();
      attempt.put((await sendPhoto(attempt.exam, attempt.tab, "face", picture)).attempt, asked);
    });
  return (
    <div class="stack-tight" data-testid="exam-check-asked">
      <p>{t("exam.check_asked")}</p>
      {steps.face && <Problem photo={steps.face} />}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          look="primary"
          icon={Camera}
          busy={doing.busy}
          disabled={!local.cam.track.value}
          onClick={shoot}
          data-testid="exam-photo-again"
        >
          {t("exam.photo_take")}
        </Button>
      </div>
    </div>
  );
}

export function Welcome() {
  const { attempt } = useExam().room;
  const { exam } = useView();
  void attempt.second.value;
  const before = Math.ceil((Date.parse(exam.starts) - attempt.now()) / 1000);
  const early = before > 0 && !exam.rehearsal;
  return (
    <Calm icon={Play} title={t("exam.admitted")} testid="exam-admitted" picture>
      <ul class="plain-words">
        <li>{t("exam.now.time", { count: exam.minutes + exam.extra })}</li>
        <li>{t("exam.now.saved")}</li>
        <li>{t("exam.now.beacon")}</li>
        <li>{t("exam.now.help")}</li>
      </ul>
      {early && <p class="numbers">{t("exam.starts_in", { time: counted(before) })}</p>}
      <MoveButton to="start" words={t("exam.start")} icon={Play} off={early} />
    </Calm>
  );
}

export function OnBreak() {
  const { attempt } = useExam().room;
  const { break: pause } = useView();
  void attempt.second.value;
  const left = pause.ends ? Math.max(0, Math.ceil((Date.parse(pause.ends) - attempt.now()) / 1000)) : 0;
  return (
    <Calm icon={Coffee} title={t("exam.on_break")} testid="exam-on-break">
      <p class="exam-count numbers">{counted(left)}</p>
      <p>{t("exam.on_break_words")}</p>
      <MoveButton to="back" words={t("exam.back")} icon={Play} />
    </Calm>
  );
}

export function Paused() {
  const { reason } = useView();
  return (
    <Calm icon={Pause} title={t("exam.paused")} testid="exam-paused">
      <p>{t("exam.paused_words")}</p>
      {reason && <p>{t("exam.reason", { reason })}</p>}
    </Calm>
  );
}

export function Suspended() {
  const { reason } = useView();
  return (
    <Calm icon={Pause} title={t("exam.suspended")} testid="exam-suspended">
      <p>{t("exam.suspended_words")}</p>
      {reason && <p>{t("exam.reason", { reason })}</p>}
      <Receipt />
      <OwnFlags />
    </Calm>
  );
}

/** What proves later that nothing was changed; offered once everything has arrived. */
function Receipt() {
  return (
    <div class="row">
      <p class="grow muted small">{t("exam.receipt_words")}</p>
      <ButtonLink
        icon={ReceiptText}
        href="/api/v1/me/receipt"
        download="sabak-receipt.json"
        data-testid="exam-receipt"
      >
        {t("exam.receipt")}
      </ButtonLink>
    </div>
  );
}

export function Done() {
  const { exam, state } = useView();
  const { answers } = useExam().room.attempt;
  return (
    <Calm
      icon={Coffee}
      title={state === "submitted" ? t("exam.submitted") : t("exam.over")}
      testid={state === "submitted" ? "exam-submitted" : "exam-over"}
    >
      {answers.unsent ? (
        <p role="status">{answers.late.value ? t("exam.last_late") : t("exam.last_sending")}</p>
      ) : (
        <p>{t("exam.done_words")}</p>
      )}
      {!answers.unsent && <Receipt />}
      <OwnFlags />
      <div class="row">
        <ButtonLink look="primary" href="/exams">
          {t("exam.to_list")}
        </ButtonLink>
        <ButtonLink href={`/exams/${encodeURIComponent(exam.id)}/rules`}>{t("exam.watched_link")}</ButtonLink>
      </div>
    </Calm>
  );
}

/** What was marked for a person to look at, in the same words as on the page of what is watched. */
export function OwnFlags() {
  const { flags } = useView();
  return (
    <section class="stack-tight exam-flags" data-testid="exam-flags">
      <h3>{t("exam.flags")}</h3>
      {flags.length === 0 ? (
        <p class="muted">{t("exam.no_flags")}</p>
      ) : (
        <>
          <p class="muted">{t("exam.flags_words")}</p>
          <ul class="plain-words">
            {flags.map(flag => (
              <li key={flag.n} data-kind={flag.kind} data-testid="exam-flag">
                {kindName(flag.kind)}, <span class="numbers">{spanOf(flag.begin, flag.end)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function spanOf(begin: string, end: string | null): string {
  if (!end) return t("exam.flag_since", { time: dayAndTime(begin) });
  const seconds = Math.max(1, Math.round((Date.parse(end) - Date.parse(begin)) / 1000));
  return t("exam.flag_span", { time: dayAndTime(begin), seconds });
}
