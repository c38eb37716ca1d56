/**
 * The chat of the class: what was said, what is still on its way, and the field. The list follows new
 * lines while its end is in sight and stays where the reader is otherwise. Text is text: only web
 * addresses become links. A private line says to whom; a removed one only that it was there.
 */
import { ArrowDown, Lock, Pencil, RotateCw, SendHorizontal, Trash2, X } from "lucide-preact";
import { memo } from "preact/compat";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { maybe, t } from "../i18n";
import { clock } from "../i18n/dates";
import { LONGEST_LINE, type Unsent } from "../media/outbox";
import { Button, IconButton } from "../ui/Button";
import { useGroupHere } from "./groups/GroupsBar";
import { useDesk } from "./context";
import { Linked } from "./Linked";
import type { Line } from "./state";
import { ask } from "./talk/actions";
import { LineActions } from "./talk/LineActions";
import { Recipient } from "./talk/Recipient";

const NEAR = 48; // px from the end that still count as "at the end"
const TELL_LEFT = 200; // characters before the limit is mentioned
const SAME_BREATH = 3 * 60_000; // ms within which a person's next line needs no new name

export function Chat() {
  const { room, read } = useDesk();
  const { lines, rights } = room.state;
  const [only, setOnly] = useState(false);
  /** The line under the pointer or the focus: only it has its buttons, or a long chat would have thousands. */
  const [active, setActive] = useState(0);
  const all = lines.value;
  const letters = all.some(line => line.to !== "");
  const said = only && letters ? all.filter(line => line.to !== "") : all;
  const keys = new Set(all.map(line => line.key));
  const unsent = room.outbox.lines.value.filter(line => !keys.has(line.key));
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const last = said.at(-1)?.n ?? 0;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || element.childElementCount === 0) return; // nothing to lay out for
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else setBelow(true);
  }, [last, unsent.length, only]);

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
      {letters && (
        <div class="chat-filter" role="group" aria-label={t("talk.filter")}>
          <Filter word={t("talk.filter_all")} on={!only} onClick={() => setOnly(false)} testid="chat-all" />
          <Filter
            word={t("talk.filter_private")}
            on={only}
            onClick={() => setOnly(true)}
            testid="chat-private"
          />
        </div>
      )}
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
        onPointerOver={event => setActive(lineAt(event.target) || active)}
        onPointerLeave={() => list.current?.contains(document.activeElement) || setActive(0)}
        onFocusIn={event => setActive(lineAt(event.target) || active)}
        onKeyDown={step}
        tabIndex={0}
        aria-label={t("class.chat")}
      >
        {said.map((line, index) => (
          <Said
            key={line.n}
            line={line}
            headed={!continues(said[index - 1], line)}
            own={line.person === room.state.you.value}
            active={line.n === active}
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

function Filter(props: { word: string; on: boolean; onClick: () => void; testid: string }) {
  return (
    <button
      type="button"
      class="chat-filter-button"
      aria-pressed={props.on}
      onClick={props.onClick}
      data-testid={props.testid}
    >
      {props.word}
    </button>
  );
}

function continues(before: Line | undefined, line: Line): boolean {
  if (before?.person !== line.person || before.group !== line.group) return false;
  if (before.to !== line.to || before.removed) return false;
  return Date.parse(line.time) - Date.parse(before.time) < SAME_BREATH;
}

/** The number of the line that an element is in; 0 for none. */
function lineAt(target: EventTarget | null): number {
  const line = target instanceof Element ? target.closest<HTMLElement>(".line") : null;
  return Number(line?.dataset["n"] ?? 0);
}

/** Arrows go from line to line; what can be done with the line is the next stop of Tab. */
function step(event: KeyboardEvent): void {
  const list = event.currentTarget;
  if (!(list instanceof HTMLElement) || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const lines = [...list.querySelectorAll<HTMLElement>(".line")];
  const at = lines.findIndex(line => line.contains(document.activeElement));
  const last = at < 0 ? lines.length : at;
  const next = lines[event.key === "ArrowUp" ? last - 1 : at + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

interface SaidProps {
  line: Line;
  headed: boolean;
  own: boolean;
  active: boolean;
}

const Said = memo(function Said({ line, headed, own, active }: SaidProps) {
  const { room, editing } = useDesk();
  const classes = [
    "line",
    own && "line-own",
    line.to && "line-private",
    editing.value === line.n && "line-now",
  ];
  const you = room.state.you.value;
  return (
    <li
      class={classes.filter(Boolean).join(" ")}
      data-testid="chat-line"
      data-n={line.n}
      data-person={line.person}
      data-to={line.to}
      data-removed={line.removed}
      tabIndex={-1}
    >
      {headed ? (
        <span class="line-head">
          <span class="line-name" dir="auto">
            {line.name}
          </span>
          {line.role === "teacher" && <span class="line-role">{t("class.role.teacher")}</span>}
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
      {line.to && headed && (
        <span class="line-to small">
          <Lock size={14} aria-hidden />
          {line.to === you ? t("talk.only_you") : t("talk.only_to", { name: room.state.name(line.to) })}
        </span>
      )}
      {line.removed ? (
        <span class="line-text line-removed">{t("talk.removed")}</span>
      ) : (
        <span class="line-text" dir="auto" data-testid="chat-text">
          <Linked text={line.text} />
        </span>
      )}
      {line.edited && !line.removed && <span class="line-time">{t("talk.edited")}</span>}
      {active && !line.removed && <LineActions line={line} own={own} />}
    </li>
  );
});

function Waiting({ line }: { line: Unsent }) {
  const { room } = useDesk();
  const down = room.socket.state.value !== "open";
  const again = (): void => {
    room.outbox.retry(line.key);
    void room.socket.flush();
  };
  return (
    <li class={line.refused ? "line line-refused" : "line line-waiting"} data-testid="chat-unsent">
      {line.to && (
        <span class="line-to small">
          <Lock size={14} aria-hidden />
          {t("talk.only_to", { name: room.state.name(line.to) })}
        </span>
      )}
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
  const { room, to, editing } = useDesk();
  const here = useGroupHere();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const left = LONGEST_LINE - text.length;
  const changing = room.state.lines.value.find(line => line.n === editing.value && !line.removed);
  useEffect(() => {
    if (changing) setText(changing.text);
    if (changing || to.value) field.current?.focus();
  }, [changing?.n, to.value]);
  const everybody = here ? t("groups.write", { group: here }) : t("class.chat_label");
  const label = to.value ? t("talk.write_to", { name: room.state.name(to.value) }) : everybody;
  const stop = (): void => {
    editing.value = 0;
    setText("");
  };

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = text ? "auto" : "";
    if (text) element.style.height = `${Math.min(element.scrollHeight + 2, 140)}px`;
  }, [text]);

  const send = (): void => {
    field.current?.focus();
    if (!changing) {
      if (room.socket.say(text, to.value)) setText("");
    } else if (text.trim() === changing.text) stop();
    else void ask(room, "chat.edit", { line: changing.n, text }).then(done => done && stop());
  };
  return (
    <form
      class="writing"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      {changing ? (
        <div class="recipient recipient-private">
          <Pencil size={16} aria-hidden />
          <span class="small grow">{t("talk.editing")}</span>
          <IconButton icon={X} label={t("action.cancel")} onClick={stop} data-testid="edit-cancel" />
        </div>
      ) : (
        <Recipient />
      )}
      <textarea
        ref={field}
        class="input"
        rows={1}
        value={text}
        maxLength={LONGEST_LINE}
        aria-label={label}
        placeholder={label}
        enterkeyhint="send"
        data-testid="chat-input"
        onInput={event => setText(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key === "Escape" && changing) {
            event.preventDefault(); // else the panel closes too
            stop();
          }
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <IconButton
        look="primary"
        type="submit"
        icon={SendHorizontal}
        label={changing ? t("talk.edit_save") : t("class.chat_send")}
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
