/** Messages with one student (a line that is `mine` is the student's): what was said, and a line to write. */
import { Send } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import type { Line } from "../../exam/types";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";

interface Props {
  lines: readonly Line[];
  onWrite: (text: string) => Promise<unknown>;
}

export function Talk({ lines, onWrite }: Props) {
  const [text, setText] = useState("");
  const end = useRef<HTMLLIElement>(null);
  const doing = useDoing();
  useEffect(() => end.current?.scrollIntoView?.({ block: "nearest" }), [lines.length]);
  const send = (): void => {
    const said = text.trim();
    if (!said) return;
    void doing.run(async () => {
      await onWrite(said);
      setText("");
    });
  };
  return (
    <div class="stack-tight">
      {lines.length === 0 && <p class="muted">{t("wall.talk_empty")}</p>}
      <ol role="list" class="pw-lines" aria-live="polite" data-testid="wall-lines">
        {lines.map((line, index) => (
          <li
            key={line.n}
            ref={index === lines.length - 1 ? end : null}
            class={line.mine ? "pw-said" : "pw-said pw-mine"}
          >
            <span class="muted small">
              {line.name} <span class="numbers">{clock(line.at)}</span>
            </span>
            <span dir="auto">{line.text}</span>
          </li>
        ))}
      </ol>
      <form
        class="pw-write"
        onSubmit={event => {
          event.preventDefault();
          send();
        }}
      >
        <Field
          bare
          label={t("wall.message")}
          placeholder={t("wall.message")}
          value={text}
          onValue={setText}
          maxLength={1000}
          autocomplete="off"
          data-testid="wall-message"
        />
        <Button type="submit" icon={Send} busy={doing.busy} data-testid="wall-send">
          {t("wall.send")}
        </Button>
      </form>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </div>
  );
}
