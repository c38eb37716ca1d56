/**
 * What was asked and voted in a lesson, on its page: open questions first, which the teacher can still
 * answer, then the polls with the results that are for the reader.
 */
import { CircleCheck, CircleHelp } from "lucide-preact";
import { useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { Linked } from "../../class/Linked";
import { CountBars } from "../../class/talk/CountBars";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import "../../class/talk/ask.css";

interface Asked {
  question: number;
  name: string;
  text: string;
  time: string;
  votes: number;
  answered: boolean;
  answer: string;
  answered_by: string;
}

interface Voted {
  poll: number;
  question: string;
  answers: string;
  options: string[];
  anonymous: boolean;
  closed: boolean;
  votes: number;
  counts: number[];
  texts: string[];
  withheld: boolean;
  named: { name: string; choices: number[]; text: string }[];
}

interface TalkView {
  questions: Asked[];
  polls: Voted[];
  leads: boolean;
}

export function TalkCard({ lesson }: { lesson: string }) {
  const path = `/lessons/${encodeURIComponent(lesson)}`;
  const talk = useResource(signal => get<TalkView>(`${path}/talk`, {}, signal), [lesson]);
  // Who may see the lesson but was never to be in it (an admin) has no part in this.
  if (talk.error) return null;
  if (talk.data && talk.data.questions.length + talk.data.polls.length === 0) return null;
  return (
    <Card title={t("talk.card")} testid="talk-card">
      <Load of={talk}>
        {({ questions, polls, leads }) => (
          <div class="stack">
            {questions.some(one => !one.answered) && <p class="small muted">{t("talk.card_words")}</p>}
            {questions.length > 0 && (
              <ul role="list" class="questions">
                {[...questions]
                  .sort((a, b) => Number(a.answered) - Number(b.answered) || b.votes - a.votes)
                  .map(one => (
                    <Question key={one.question} one={one} path={path} leads={leads} onDone={talk.reload} />
                  ))}
              </ul>
            )}
            {polls.map(poll => (
              <PollResult key={poll.poll} poll={poll} />
            ))}
          </div>
        )}
      </Load>
    </Card>
  );
}

interface QuestionProps {
  one: Asked;
  path: string;
  leads: boolean;
  onDone: () => void;
}

function Question({ one, path, leads, onDone }: QuestionProps) {
  const [answering, setAnswering] = useState(false);
  return (
    <li class="question" data-testid="question" data-n={one.question} data-answered={one.answered}>
      <span class="line-head small muted">
        {one.name}, {dayAndTime(one.time)}
        {one.votes > 0 && `. ${t("talk.too_count", { count: one.votes })}`}
      </span>
      <p class="question-text" dir="auto">
        <Linked text={one.text} />
      </p>
      {one.answered ? (
        <p class="question-answer" dir="auto" data-testid="question-answer">
          <CircleCheck size={18} aria-hidden />
          <span>
            <span class="hidden-text">{t("talk.answered_by", { name: one.answered_by })} </span>
            {one.answer ? <Linked text={one.answer} /> : t("talk.answered_aloud")}
          </span>
        </p>
      ) : (
        !leads && (
          <p class="row small muted">
            <CircleHelp size={18} aria-hidden />
            {t("talk.waiting")}
          </p>
        )
      )}
      {leads && !one.answered && !answering && (
        <div>
          <Button onClick={() => setAnswering(true)} data-testid="question-answer-open">
            {t("talk.answer")}
          </Button>
        </div>
      )}
      {answering && !one.answered && (
        <Answering
          address={`${path}/questions/${one.question}/answer`}
          onDone={onDone}
          onCancel={() => setAnswering(false)}
        />
      )}
    </li>
  );
}

function Answering(props: { address: string; onDone: () => void; onCancel: () => void }) {
  const { address, onDone, onCancel } = props;
  const [text, setText] = useState("");
  const doing = useDoing();
  const send = (words: string): void =>
    void doing.run(async () => {
      await post(address, { text: words });
      onDone();
    });
  return (
    <form
      class="answering"
      onSubmit={event => {
        event.preventDefault();
        send(text);
      }}
    >
      <TextArea
        label={t("talk.answer_label")}
        maxLength={2000}
        value={text}
        onValue={setText}
        data-testid="question-answer-text"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          type="submit"
          busy={doing.busy}
          disabled={!text.trim()}
          data-testid="question-answer-send"
        >
          {t("talk.answer_send")}
        </Button>
        <Button onClick={() => send("")} data-testid="question-answer-aloud">
          {t("talk.answered_aloud")}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}

function PollResult({ poll }: { poll: Voted }) {
  const seen = poll.counts.length > 0 || poll.texts.length > 0;
  return (
    <section class="poll" aria-label={t("talk.poll_is", { question: poll.question })} data-testid="poll">
      <p class="poll-kind small">
        {t(poll.closed ? "talk.poll_closed" : "talk.poll")},{" "}
        {t(poll.anonymous ? "talk.anonymous" : "talk.named")}
      </p>
      <h3 class="poll-question" dir="auto">
        {poll.question}
      </h3>
      {!seen && poll.answers !== "open" && <p class="small muted">{t("talk.results_hidden")}</p>}
      {poll.counts.length > 0 && !poll.withheld && (
        <CountBars options={poll.options} counts={poll.counts} votes={poll.votes} />
      )}
      {poll.texts.length > 0 && (
        <ul class="bars-texts">
          {poll.texts.map((text, index) => (
            <li key={`${index}.${text}`} dir="auto">
              {text}
            </li>
          ))}
        </ul>
      )}
      {seen && (
        <p class="small muted">
          {t("talk.votes", { count: poll.votes })}
          {poll.withheld && `. ${t("talk.withheld")}`}
        </p>
      )}
      {poll.named.length > 0 && (
        <details class="named">
          <summary>{t("talk.who_chose")}</summary>
          <ul role="list">
            {poll.named.map((vote, index) => (
              <li key={index} class="named-row small">
                <span dir="auto">{vote.name}</span>
                <span class="muted" dir="auto">
                  {vote.text || vote.choices.map(choice => poll.options[choice] ?? "").join(", ")}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
