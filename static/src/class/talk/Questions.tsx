/** One question with those who have it too and its answer, and the field for a new one. */
import { CircleCheck, SendHorizontal, ThumbsUp, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { Button, IconButton } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { useDesk } from "../context";
import { Linked } from "../Linked";
import { ask, newKey } from "./actions";
import type { Question } from "./state";

const LONGEST = 500;

export function QuestionRow({ question }: { question: Question }) {
  const { room } = useDesk();
  const { state } = room;
  const [answering, setAnswering] = useState(false);
  const own = question.person === state.you.value;
  const leads = state.rights.value.open;
  const open = state.phase.value === "open";
  return (
    <li
      class="question"
      data-testid="question"
      data-n={question.n}
      data-answered={question.answered}
      data-votes={question.votes.size}
    >
      <span class="line-head">
        <span class="line-name" dir="auto">
          {own ? t("class.you") : state.name(question.person)}
        </span>
        <time class="line-time numbers" dateTime={question.time}>
          {clock(question.time)}
        </time>
      </span>
      <p class="question-text" dir="auto" data-testid="question-text">
        <Linked text={question.text} />
      </p>
      {question.answered && (
        <p class="question-answer" dir="auto" data-testid="question-answer">
          <CircleCheck size={18} aria-hidden />
          <span>
            <span class="hidden-text">{t("talk.answer")}: </span>
            {question.answer ? <Linked text={question.answer} /> : t("talk.answered_aloud")}
          </span>
        </p>
      )}
      {open && !answering && (
        <div class="question-doing">
          {!question.answered && <Upvote question={question} own={own} />}
          {leads && !question.answered && (
            <Button look="quiet" onClick={() => setAnswering(true)} data-testid="question-answer-open">
              {t("talk.answer")}
            </Button>
          )}
          {(own || leads) && (
            <IconButton
              icon={Trash2}
              label={t("talk.question_remove")}
              onClick={() => void ask(room, "question.remove", { question: question.n })}
              data-testid="question-remove"
            />
          )}
        </div>
      )}
      {answering && <Answering question={question} onDone={() => setAnswering(false)} />}
    </li>
  );
}

function Upvote({ question, own }: { question: Question; own: boolean }) {
  const { room } = useDesk();
  const mine = question.votes.has(room.state.you.value);
  const count = question.votes.size;
  if (own || room.state.rights.value.open || !room.state.rights.value.chat) {
    if (count === 0) return null;
    return <span class="question-votes small muted">{t("talk.too_count", { count })}</span>;
  }
  return (
    <Button
      look="quiet"
      class={mine ? "upvote upvote-mine" : "upvote"}
      icon={ThumbsUp}
      aria-pressed={mine}
      onClick={() => !mine && void ask(room, "question.upvote", { question: question.n })}
      data-testid="question-upvote"
    >
      {t("talk.too")}
      {count > 0 && <span class="numbers"> {count}</span>}
    </Button>
  );
}

function Answering({ question, onDone }: { question: Question; onDone: () => void }) {
  const { room } = useDesk();
  const [text, setText] = useState("");
  const send = async (words: string): Promise<void> => {
    if (await ask(room, "question.answer", { question: question.n, text: words })) onDone();
  };
  return (
    <form
      class="answering"
      onSubmit={event => {
        event.preventDefault();
        void send(text);
      }}
    >
      <TextArea
        label={t("talk.answer_label")}
        rows={2}
        autofocus
        maxLength={2000}
        value={text}
        onValue={setText}
        data-testid="question-answer-text"
      />
      <div class="row">
        <Button look="primary" type="submit" disabled={!text.trim()} data-testid="question-answer-send">
          {t("talk.answer_send")}
        </Button>
        <Button onClick={() => void send("")} data-testid="question-answer-aloud">
          {t("talk.answered_aloud")}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t("action.cancel")}
        </Button>
      </div>
    </form>
  );
}

export function Asking() {
  const { room } = useDesk();
  const [text, setText] = useState("");
  const [key, setKey] = useState(newKey);
  const send = async (): Promise<void> => {
    if (!text.trim()) return;
    if (!(await ask(room, "question.ask", { key, text }))) return;
    setText("");
    setKey(newKey());
  };
  return (
    <form
      class="writing"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        class="input"
        rows={2}
        maxLength={LONGEST}
        value={text}
        aria-label={t("talk.ask_label")}
        placeholder={t("talk.ask_label")}
        enterkeyhint="send"
        data-testid="question-input"
        onInput={event => setText(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <IconButton
        look="primary"
        type="submit"
        icon={SendHorizontal}
        label={t("talk.ask_send")}
        disabled={!text.trim()}
        data-testid="question-send"
      />
    </form>
  );
}
