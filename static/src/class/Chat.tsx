/**
 * The chat of the class: what was said, what is still on its way, and the field. The list follows new
 * lines while its end is in sight and stays where the reader is otherwise. Text is text: only web
 * addresses become links.
 */
import { ArrowDown, RotateCw, SendHorizontal, Trash2 } from "lucide-preact";
import { memo } from "preact/compat";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { maybe, t } from "../i18n";
import { clock } from "../i18n/dates";
import { LONGEST_LINE, type Unsent } from "../media/outbox";
import { Button, IconButton } from "../ui/Button";
import { useGroupHere } from "./groups/GroupsBar";
import { useDesk } from "./context";
import { linkify } from "./linkify";
import type { Line } from "./state";

const NEAR = 48; // px from the end that still count as "at the end"
const TELL_LEFT = 200; // characters before the limit is mentioned
const SAME_BREATH = 3 * 60_000; // ms within which a person's next line needs no new name

export function Chat() {
  const { room, read } = useDesk();
  const { lines, rights } = room.state;
  const said = lines.value;
  const keys = new Set(said.map(line => line.key));
  const unsent = room.outbox.lines.value.filter(line => !keys.has(line.key));
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const last = said.at(-1)?.n ?? 0;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else setBelow(true);
  }, [last, unsent.length]);

  useEffect(() => {
    read.value = Math.max(read.value, last);
  }, [last]);

  const scrolled = (): void => {
    const element = list.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (atEnd.current) setBelow(false);
  };
  const toEnd = (): void => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  return (
    <div class="chat">
      {said.length === 0 && unsent.length === 0 && (
        <div class="chat-empty">
          <p>{t("class.chat_empty")}</p>
          <p class="small muted">{t("class.chat_empty_words")}</p>
        </div>
      )}
      <ol
        role="list"
        class="chat-list"
        ref={list}
        onScroll={scrolled}
        tabIndex={0}
        aria-label={t("class.chat")}
      >
        {said.map((line, index) => (
          <Said
            key={line.n}
            line={line}
            headed={!continues(said[index - 1], line)}
            own={line.person === room.state.you.value}
          />
        ))}
        {unsent.map(line => (
          <Waiting key={line.key} line={line} />
        ))}
      </ol>
      {below && (
        <Button class="chat-below" icon={ArrowDown} onClick={toEnd} data-testid="chat-below">
          {t("class.chat_more")}
        </Button>
      )}
      {rights.value.chat ? <Writing /> : <p class="small muted chat-closed">{t("class.chat_closed")}</p>}
    </div>
  );
}

function continues(before: Line | undefined, line: Line): boolean {
  if (before?.person !== line.person || before.group !== line.group) return false;
  return Date.parse(line.time) - Date.parse(before.time) < SAME_BREATH;
}

const Said = memo(function Said({ line, headed, own }: { line: Line; headed: boolean; own: boolean }) {
  return (
    <li
      class={own ? "line line-own" : "line"}
      data-testid="chat-line"
      data-n={line.n}
      data-person={line.person}
    >
      {headed ? (
        <span class="line-head">
          <span class="line-name" dir="auto">
            {line.name}
          </span>
          {line.group && (
            <span class="line-group" data-testid="chat-group">
              {line.group === "*" ? t("groups.to_all") : line.group}
            </span>
          )}
          <time class="line-time numbers" dateTime={line.time}>
            {clock(line.time)}
          </time>
        </span>
      ) : (
        <span class="hidden-text">{line.name}</span>
      )}
      <span class="line-text" dir="auto" data-testid="chat-text">
        <Linked text={line.text} />
      </span>
    </li>
  );
});

export function Linked({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece, index) =>
        piece.href ? (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}

function Waiting({ line }: { line: Unsent }) {
  const { room } = useDesk();
  const down = room.socket.state.value !== "open";
  const again = (): void => {
    room.outbox.retry(line.key);
    void room.socket.flush();
  };
  return (
    <li class={line.refused ? "line line-refused" : "line line-waiting"} data-testid="chat-unsent">
      <span class="line-text" dir="auto">
        <Linked text={line.text} />
      </span>
      {line.refused ? (
        <span class="line-fault" role="alert">
          {t("class.chat_refused")}. {maybe(`error.${line.refused}`) ?? ""}
          <span class="row">
            <Button look="quiet" icon={RotateCw} onClick={again}>
              {t("class.chat_again")}
            </Button>
            <Button look="quiet" icon={Trash2} onClick={() => room.outbox.done(line.key)}>
              {t("class.chat_drop")}
            </Button>
          </span>
        </span>
      ) : (
        <span class="line-time">{down ? t("class.chat_waiting") : t("class.chat_sending")}</span>
      )}
    </li>
  );
}

function Writing() {
  const here = useGroupHere();
  const { room } = useDesk();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const left = LONGEST_LINE - text.length;

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight + 2, 140)}px`;
  }, [text]);

  const send = (): void => {
    if (room.socket.say(text)) setText("");
    field.current?.focus();
  };
  return (
    <form
      class="writing"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        class="input"
        rows={1}
        value={text}
        maxLength={LONGEST_LINE}
        aria-label={t("class.chat_label")}
        placeholder={here ? t("groups.write", { group: here }) : t("class.chat_label")}
        enterkeyhint="send"
        data-testid="chat-input"
        onInput={event => setText(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <IconButton
        look="primary"
        type="submit"
        icon={SendHorizontal}
        label={t("class.chat_send")}
        disabled={!text.trim()}
        data-testid="chat-send"
      />
      {left < TELL_LEFT && (
        <span class="writing-left small muted" role="status">
          {t("class.chat_long", { count: left })}
        </span>
      )}
    </form>
  );
}
