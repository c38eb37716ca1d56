/**
 * The proctor's wall (`/exams/{id}/wall`): everybody of the exam as a card with a small picture each
 * second, in the order of what needs a look; the one opened stands beside it with real video. A page of its
 * own, without the house's navigation, because it is looked at for hours.
 */
import { ArrowLeft, DoorOpen, Handshake, Keyboard, Megaphone } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isTyping } from "../../class/shortcuts";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { Button, ButtonLink, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice, Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useArrival } from "../../ui/Shell";
import { Empty, Failed, Loading } from "../../ui/States";
import { HelpLink } from "../../ui/HelpLink";
import { LanguageSwitch, ThemeSwitch } from "../../ui/Switches";
import { Admission } from "./Admission";
import { AllDialog, DutyDialog } from "./Duty";
import { Feed } from "./feed";
import { Grid } from "./Grid";
import { HealthLine } from "./HealthLine";
import { commandOf, KEYS, type Command } from "./keys";
import { Live } from "./live";
import { FILTERS, type Filter } from "./order";
import { Person, type PersonTab } from "./Person";
import type { Stream } from "./pictures";
import "./wall.css";

type Asked = "" | "duty" | "all" | "keys";

export default function Wall({ id }: { id: string }) {
  const [feed, live] = useMemo(() => [new Feed(id), new Live(id)] as const, [id]);
  useEffect(() => {
    feed.start();
    return () => {
      feed.stop();
      live.stop();
    };
  }, [feed, live]);
  const heading = useArrival(feed.frame.value?.exam.title || t("wall.title"));
  const frame = feed.frame.value;
  if (feed.error.value !== undefined) {
    return (
      <main class="page page-narrow pw-door">
        <h1 ref={heading} tabIndex={-1}>
          {t("wall.title")}
        </h1>
        <Failed error={feed.error.value} onRetry={() => feed.again()} />
        <ButtonLink icon={ArrowLeft} href={`/lessons/${id}`}>
          {t("action.back")}
        </ButtonLink>
      </main>
    );
  }
  if (!frame) {
    return (
      <main class="page page-narrow pw-door">
        <h1 ref={heading} tabIndex={-1}>
          {t("wall.title")}
        </h1>
        <Loading lines={3} />
      </main>
    );
  }
  return <House feed={feed} live={live} heading={heading} />;
}

interface HouseProps {
  feed: Feed;
  live: Live;
  heading: ReturnType<typeof useArrival>;
}

function House({ feed, live, heading }: HouseProps) {
  const [opened, setOpened] = useState("");
  const [tab, setTab] = useState<PersonTab>("look");
  const [stream, setStream] = useState<Stream>("webcam");
  const [queue, setQueue] = useState(false);
  const [asked, setAsked] = useState<Asked>("");
  const frame = feed.frame.value;
  const counts = feed.counts.value;
  const open = (person: string, at?: PersonTab): void => {
    const wrote = (feed.student(person)?.peek().unread ?? 0) > 0;
    setQueue(false);
    setOpened(person);
    const waits = feed.student(person)?.peek().state === "waiting";
    setTab(wrote ? "talk" : (at ?? (waits ? "entry" : "look")));
  };
  const close = (): void => {
    const card = document.querySelector<HTMLElement>(`.pw-open[data-person="${CSS.escape(opened)}"]`);
    setOpened("");
    card?.focus();
  };
  const stepBy = (by: number): void => {
    const shown = feed.shown.peek();
    const at = shown.indexOf(opened);
    const next = shown[(at + by + shown.length) % shown.length];
    if (next) open(next, tab);
  };
  const commands: Record<Command, () => void> = {
    search: () => document.querySelector<HTMLElement>('[data-testid="wall-search"]')?.focus(),
    look: () => {
      feed.bringForward();
      const first = feed.shown.peek()[0];
      if (first) open(first);
    },
    queue: () => setQueue(!queue),
    next: () => stepBy(1),
    previous: () => stepBy(-1),
    message: () => {
      if (!opened) return;
      setTab("talk");
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid="wall-message"]')?.focus(), 50);
    },
    close: () => (queue ? setQueue(false) : opened && close()),
    help: () => setAsked("keys"),
  };
  useCommands(commands, queue);
  if (!frame) return null;
  const filters = FILTERS.map(value => ({
    value,
    label: `${t(`wall.filter_${value}`)} ${counts[value]}`,
  }));
  return (
    <div class="pw" data-testid="wall">
      <header class="pw-head">
        <IconLink href={`/lessons/${feed.exam}`} />
        <div class="grow">
          <h1 ref={heading} tabIndex={-1}>
            {frame.exam.title || frame.exam.discipline}
          </h1>
          <p class="muted small numbers">
            <Times feed={feed} />
          </p>
        </div>
        <Button
          icon={DoorOpen}
          look={counts.waiting > 0 ? "primary" : "plain"}
          aria-pressed={queue}
          onClick={() => setQueue(!queue)}
          data-testid="wall-queue"
        >
          {t("wall.queue_open", { count: counts.waiting })}
        </Button>
        <Button icon={Megaphone} onClick={() => setAsked("all")} data-testid="wall-to-all">
          {t("wall.to_all")}
        </Button>
        <Button
          icon={Handshake}
          look={frame.on_duty ? "plain" : "primary"}
          onClick={() => setAsked("duty")}
          data-testid="wall-duty-open"
        >
          {t(frame.on_duty ? "wall.duty" : "wall.duty_take")}
        </Button>
        <IconButton
          icon={Keyboard}
          label={t("wall.keys")}
          onClick={() => setAsked("keys")}
          data-testid="wall-keys"
        />
        <ThemeSwitch />
        <HelpLink words={false} part="proctor" />
        <LanguageSwitch />
      </header>
      <HealthLine feed={feed} />
      <p class="pw-small-screen">
        <Note>{t("wall.wide_words")}</Note>
      </p>
      <div class={opened && !queue ? "pw-body pw-body-open" : "pw-body"}>
        {queue ? (
          <Admission feed={feed} />
        ) : (
          <>
            <section class="pw-all" aria-label={t("wall.students")}>
              <div class="pw-tools">
                <Choice
                  bare
                  label={t("wall.filter")}
                  value={feed.filter.value}
                  options={filters}
                  onValue={value => feed.choose(value as Filter, feed.search.value)}
                  testid="wall-filter"
                />
                <Field
                  bare
                  type="search"
                  label={t("wall.search")}
                  placeholder={t("wall.search")}
                  value={feed.search.value}
                  onValue={value => feed.choose(feed.filter.value, value)}
                  data-testid="wall-search"
                />
                <Choice
                  bare
                  label={t("wall.pictures")}
                  value={stream}
                  options={[
                    { value: "webcam", label: t("wall.cameras") },
                    { value: "screen", label: t("wall.screens") },
                  ]}
                  onValue={value => setStream(value as Stream)}
                  testid="wall-stream"
                />
                <Moved feed={feed} />
              </div>
              {feed.shown.value.length === 0 && (
                <Empty title={t(counts.all === 0 ? "wall.nobody" : "wall.nobody_such")} />
              )}
              <Grid feed={feed} stream={stream} opened={opened} onOpen={open} />
            </section>
            {opened && (
              <Person
                feed={feed}
                live={live}
                person={opened}
                tab={tab}
                onTab={setTab}
                onStep={stepBy}
                onClose={close}
              />
            )}
          </>
        )}
      </div>
      <Heard feed={feed} />
      {asked === "duty" && <DutyDialog feed={feed} onClose={() => setAsked("")} />}
      {asked === "all" && <AllDialog feed={feed} onClose={() => setAsked("")} />}
      {asked === "keys" && (
        <Dialog open title={t("wall.keys")} onClose={() => setAsked("")} testid="wall-keys-dialog">
          <dl class="pw-keys">
            {KEYS.map(([command, key]) => (
              <div key={command}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{t(`wall.key_${command}`)}</dd>
              </div>
            ))}
          </dl>
          <p class="muted small">{t("wall.keys_more")}</p>
        </Dialog>
      )}
    </div>
  );
}

function IconLink({ href }: { href: string }) {
  return (
    <a
      class="button button-quiet icon-button"
      href={href}
      aria-label={t("action.back")}
      title={t("action.back")}
    >
      <ArrowLeft size={20} aria-hidden />
    </a>
  );
}

function Times({ feed }: { feed: Feed }) {
  const frame = feed.frame.value;
  if (!frame) return null;
  const { starts, ends, minutes } = frame.exam;
  return (
    <>
      {t("wall.times", {
        now: clock(new Date(feed.now.value).toISOString()),
        from: clock(starts),
        to: clock(ends),
        n: minutes,
      })}
    </>
  );
}

/** "3 need a look": brings them forward, although the pointer is on the wall. */
function Moved({ feed }: { feed: Feed }) {
  const moved = feed.moved.value;
  return (
    <Button
      class={moved > 0 ? "pw-moved" : "pw-moved pw-moved-none"}
      aria-hidden={moved === 0}
      tabIndex={moved > 0 ? 0 : -1}
      onClick={() => feed.bringForward()}
      data-testid="wall-moved"
    >
      {t("wall.need", { count: moved })}
    </Button>
  );
}

/** For those who listen: how many need a look, said once when the number has settled. */
function Heard({ feed }: { feed: Feed }) {
  const { look, help, waiting } = feed.counts.value;
  const [said, setSaid] = useState("");
  useEffect(() => {
    const words = [
      t("wall.need", { count: look }),
      help ? `${t("wall.filter_help")}: ${help}` : "",
      waiting ? t("wall.queue_open", { count: waiting }) : "",
    ];
    const timer = setTimeout(() => setSaid(words.filter(Boolean).join(". ")), 3_000);
    return () => clearTimeout(timer);
  }, [look, help, waiting]);
  return (
    <p class="hidden-text" role="status" data-testid="wall-heard">
      {said}
    </p>
  );
}

function useCommands(commands: Record<Command, () => void>, queue: boolean): void {
  const latest = useRef({ commands, queue });
  latest.current = { commands, queue };
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const command = commandOf(event);
      if (!command || document.querySelector("dialog[open]")) return;
      if (isTyping(event.target)) {
        if (command === "close") (event.target as HTMLElement).blur();
        return;
      }
      // In the queue letters are its own.
      if (latest.current.queue && !["close", "queue", "help"].includes(command)) return;
      event.preventDefault();
      latest.current.commands[command]();
    };
    addEventListener("keydown", heard);
    return () => removeEventListener("keydown", heard);
  }, []);
}
