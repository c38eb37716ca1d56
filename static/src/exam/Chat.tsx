/** Messages between the student and whoever watches the exam. Never a modal: the beacon stays in sight. */
import { Send, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { clock } from "../i18n/dates";
import { Button, IconButton } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { say } from "./api";
import { markRead, useExam, useView } from "./context";

const LONGEST = 2000;

export function Chat() {
  const { room, chat, read } = useExam();
  const view = useView();
  const [text, setText] = useState("");
  const doing = useDoing();
  const foot = useRef<HTMLDivElement>(null);
  const last = view.messages.at(-1)?.n ?? 0;
  useEffect(() => {
    markRead(read, last);
    foot.current?.scrollIntoView({ block: "nearest" });
  }, [last]);
  const send = (): void => {
    const line = text.trim();
    if (!line) return;
    const { attempt } = room;
    void doing.run(async () => {
      await attempt.tell(() => say(attempt.exam, attempt.tab, line));
      setText("");
    });
  };
  return (
    <aside class="exam-chat" aria-label={t("exam.messages")} data-testid="exam-chat-panel">
      <header class="row exam-chat-head">
        <h2 class="grow">{t("exam.messages")}</h2>
        <IconButton icon={X} label={t("action.close")} onClick={() => (chat.value = false)} />
      </header>
      <div class="exam-chat-lines" role="log">
        {view.messages.length === 0 && <p class="muted">{t("exam.no_messages")}</p>}
        {view.messages.map(line => (
          <p
            key={line.n}
            class={line.mine ? "exam-line exam-line-mine" : "exam-line"}
            data-testid="exam-line"
          >
            <span class="small muted">
              {line.mine ? t("exam.you") : line.name || t("exam.proctor")}, {clock(line.at)}
            </span>
            <span dir="auto">{line.text}</span>
          </p>
        ))}
        <div ref={foot} />
      </div>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <form
        class="row exam-chat-form"
        onSubmit={event => {
          event.preventDefault();
          send();
        }}
      >
        <input
          class="input grow"
          aria-label={t("exam.message_to")}
          placeholder={t("exam.message_to")}
          maxLength={LONGEST}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
          data-testid="exam-say"
        />
        <Button type="submit" icon={Send} busy={doing.busy} data-testid="exam-send">
          {t("exam.send")}
        </Button>
      </form>
    </aside>
  );
}
