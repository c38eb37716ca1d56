/** The bar above the exam: what it is, the time that is left, where the answers are, help and messages. */
import { Clock, Eye, LifeBuoy, MessageSquare } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { clock } from "../i18n/dates";
import { Button } from "../ui/Button";
import { toast } from "../ui/Toast";
import { explain } from "../api/explain";
import { HelpLink } from "../ui/HelpLink";
import { LanguageSwitch, ThemeSwitch } from "../ui/Switches";
import { SupportButton } from "../support/SupportButton";
import { askHelp } from "./api";
import { counted, toSay } from "./clock";
import { useExam, useView } from "./context";

const COUNTS = ["running", "break", "paused"];

export function Top() {
  const { room, chat, read } = useExam();
  const { attempt } = room;
  const view = useView();
  const live = view.state !== "submitted" && view.state !== "over";
  const unread = view.messages.filter(line => !line.mine && line.n > read.value).length;
  const help = (): void => {
    attempt
      .tell(() => askHelp(attempt.exam, attempt.tab, !view.help))
      .catch((error: unknown) => toast(explain(error), "fault"));
  };
  return (
    <header class="exam-top">
      <div class="exam-name">
        <h1 dir="auto">{view.exam.title || view.exam.discipline || t("exam.rehearsal")}</h1>
        {view.exam.rehearsal && view.exam.title && (
          <span class="badge badge-accent">{t("exam.rehearsal")}</span>
        )}
      </div>
      {COUNTS.includes(view.state) && <TimeLeft />}
      {(view.state === "running" || view.state === "break") && <SavedWord />}
      <div class="row exam-tools">
        {live && view.held && (
          <>
            <Button
              look={view.help ? "primary" : "quiet"}
              icon={LifeBuoy}
              aria-pressed={view.help}
              onClick={help}
              data-testid="exam-help"
            >
              {view.help ? t("exam.help_on") : t("exam.help")}
            </Button>
            <Button
              look={unread > 0 ? "primary" : "quiet"}
              icon={MessageSquare}
              aria-expanded={chat.value}
              onClick={() => (chat.value = !chat.value)}
              data-testid="exam-chat"
            >
              {unread > 0 ? t("exam.messages_new", { count: unread }) : t("exam.messages")}
            </Button>
          </>
        )}
        <a
          class="button button-quiet"
          href={`/exams/${encodeURIComponent(view.exam.id)}/rules`}
          target="_blank"
          rel="noopener"
          data-testid="exam-rules-link"
        >
          <Eye size={20} aria-hidden />
          <span class="button-words">{t("exam.watched_link")}</span>
        </a>
        <SupportButton place="exam" words={false} />
        <HelpLink words={false} part="student" />
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
}

/** Drawn every second, read aloud at ten, five and one minute only. */
function TimeLeft() {
  const { attempt } = useExam().room;
  const view = useView();
  void attempt.second.value;
  const left = attempt.secondsLeft();
  const before = useRef(left);
  const [aloud, setAloud] = useState("");
  useEffect(() => {
    const minutes = toSay(before.current, left);
    before.current = left;
    if (minutes > 0) setAloud(t("exam.minutes_left", { count: minutes }));
  }, [left]);
  const still = view.state === "paused" || view.away;
  return (
    <div class={left <= 300 ? "exam-time exam-time-short" : "exam-time"}>
      <Clock size={20} aria-hidden />
      <span class="numbers" role="timer" aria-live="off" data-testid="exam-time" data-seconds={left}>
        {counted(left)}
      </span>
      <span class="small">{still ? t("exam.time_still") : t("exam.time_left")}</span>
      <span class="hidden-text" role="status" data-testid="exam-time-aloud">
        {aloud}
      </span>
    </div>
  );
}

/** One word for all answers: with the server, or on this computer and on their way. */
function SavedWord() {
  const { answers } = useExam().room.attempt;
  const drafts = Object.values(answers.drafts.value);
  const times = drafts.map(draft => draft.saved).filter((saved): saved is string => saved !== null);
  const here = drafts.some(draft => draft.n > draft.base);
  const last = times.sort().at(-1);
  if (!here && !last) return null;
  return (
    <span
      class={here ? "exam-saved exam-saved-here" : "exam-saved"}
      data-testid="exam-saved"
      data-kept={here ? "here" : "saved"}
    >
      {here ? t("exam.kept_here") : t("exam.saved_at", { time: clock(last ?? "") })}
    </span>
  );
}
