/**
 * The third panel: what is asked in the class. Polls of the teacher on top while they run, questions of
 * the students below, open ones first; what is over is folded away. Loaded when it is opened.
 */
import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { useDesk } from "../context";
import { PollCard } from "./PollCard";
import { PollForm } from "./PollForm";
import { Asking, QuestionRow } from "./Questions";
import { byNeed } from "./state";
import "./ask.css";

export default function Ask() {
  const { room } = useDesk();
  const { talk, rights, phase } = room.state;
  const [making, setMaking] = useState(false);
  const open = phase.value === "open";
  const leads = rights.value.open;
  const running = [...talk.running.value].reverse();
  const over = [...talk.polls.value.values()].filter(poll => poll.closed).reverse();
  const questions = byNeed(talk.questions.value.values());
  const waiting = questions.filter(one => !one.answered);
  const answered = questions.filter(one => one.answered);
  const nothing = running.length + over.length + questions.length === 0;
  return (
    <div class="ask">
      <div class="ask-list">
        {leads && open && (
          <Button icon={Plus} onClick={() => setMaking(true)} data-testid="poll-new">
            {t("talk.poll_new")}
          </Button>
        )}
        {nothing && (
          <div class="ask-empty">
            <p>{t("talk.ask_empty")}</p>
            <p class="small muted">{t(leads ? "talk.ask_empty_lead" : "talk.ask_empty_words")}</p>
          </div>
        )}
        {running.map(poll => (
          <PollCard key={poll.n} poll={poll} />
        ))}
        {waiting.length > 0 && (
          <ul role="list" class="questions" aria-label={t("talk.questions")} data-testid="questions">
            {waiting.map(question => (
              <QuestionRow key={question.n} question={question} />
            ))}
          </ul>
        )}
        {over.length > 0 && (
          <details class="ask-over" open={running.length + waiting.length === 0}>
            <summary>{t("talk.polls_over", { count: over.length })}</summary>
            {over.map(poll => (
              <PollCard key={poll.n} poll={poll} />
            ))}
          </details>
        )}
        {answered.length > 0 && (
          <details class="ask-over" open={running.length + waiting.length === 0}>
            <summary data-testid="questions-answered">
              {t("talk.answered_count", { count: answered.length })}
            </summary>
            <ul role="list" class="questions">
              {answered.map(question => (
                <QuestionRow key={question.n} question={question} />
              ))}
            </ul>
          </details>
        )}
      </div>
      {rights.value.chat && !leads && open && <Asking />}
      <PollForm open={making} onClose={() => setMaking(false)} />
    </div>
  );
}
