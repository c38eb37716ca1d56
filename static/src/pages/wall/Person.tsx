/**
 * The opened student beside the wall: real video, what there is to look at with its times, the way in,
 * messages, answers, the log. Asked for again every two seconds; nothing here judges.
 */
import { useComputed } from "@preact/signals";
import { Check, ChevronLeft, ChevronRight, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { maybe, t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Load } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast } from "../../ui/Toast";
import { readPerson, seen, write } from "./api";
import { Answers } from "./Answers";
import { Deeds } from "./Deeds";
import type { Feed } from "./feed";
import type { Live } from "./live";
import { Listen } from "./Listen";
import { Photos, StepList } from "./Photos";
import { Talk } from "./Talk";
import type { Detail, Student } from "./types";
import { Video } from "./Video";
import { Watcher } from "./Watcher";
import { kindIcon, kindWord, lasted, stateLook, timeLeft } from "./words";

const EVERY = 2_000; // ms
export type PersonTab = "look" | "entry" | "talk" | "answers" | "log";

interface Props {
  feed: Feed;
  live: Live;
  person: string;
  tab: PersonTab;
  onTab: (tab: PersonTab) => void;
  onStep: (by: number) => void;
  onClose: () => void;
}

/** What is known of one student, renewed while the page is seen. */
export function usePerson(exam: string, person: string) {
  const found = useResource(signal => readPerson(exam, person, signal), [exam, person]);
  const { reload } = found;
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && reload(), EVERY);
    return () => clearInterval(timer);
  }, [reload]);
  return found;
}

export function Person({ feed, live, person, tab, onTab, onStep, onClose }: Props) {
  const found = usePerson(feed.exam, person);
  const one = feed.student(person)?.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [person]);
  const left = useComputed(() => (one ? timeLeft(one, feed.now.value) : ""));
  if (!one) return null;
  const state = stateLook(one.state);
  const detail = found.data;
  const unseen = one.flags.filter(flag => !flag.seen).length;
  // Reading marks messages as read on the server; what comes while another tab is open is counted here.
  const spoken = (detail?.messages ?? []).filter(line => line.mine);
  const newest = spoken.at(-1)?.n ?? 0;
  const [heard, setHeard] = useState<Record<string, number>>({});
  const fresh = person in heard ? spoken.filter(line => line.n > (heard[person] ?? 0)).length : 0;
  useEffect(() => {
    if (detail && (tab === "talk" || !(person in heard))) setHeard(old => ({ ...old, [person]: newest }));
  }, [person, tab, newest, detail !== undefined]);
  return (
    <aside class="pw-person" aria-label={one.name} data-testid="wall-person" data-person={person}>
      <header class="pw-person-head">
        <div class="grow">
          <h2 ref={heading} tabIndex={-1} dir="auto">
            {one.name}
          </h2>
          <p class="row small">
            <span class="muted">{one.group}</span>
            <Badge tone={state.tone} icon={state.icon} testid="wall-person-state">
              {state.words}
            </Badge>
            <span class="numbers">{left}</span>
            {one.extra > 0 && <span class="muted numbers">{t("wall.extra", { n: one.extra })}</span>}
            {one.place === "class" && (
              <span class="muted">
                {one.seat || one.room
                  ? t("wall.seat", { seat: [one.room, one.seat].filter(Boolean).join(", ") })
                  : t("wall.in_class")}
              </span>
            )}
            {one.steps.confirmed && (
              <span class="muted" data-testid="wall-confirmed">
                {t("wall.confirmed", { time: clock(one.steps.confirmed) })}
              </span>
            )}
            {one.steps.private && (
              <Badge tone="accent" testid="wall-private">
                {t("wall.private")}
              </Badge>
            )}
            {one.check_asked && <span class="muted">{t("wall.check_asked")}</span>}
            {one.reason && <span class="muted">{t("wall.because", { reason: one.reason })}</span>}
            {one.moved > 0 && <span class="muted">{t("wall.moved", { count: one.moved })}</span>}
          </p>
        </div>
        <IconButton icon={ChevronLeft} label={t("wall.previous")} onClick={() => onStep(-1)} />
        <IconButton icon={ChevronRight} label={t("wall.next")} onClick={() => onStep(1)} />
        <IconButton icon={X} label={t("action.close")} onClick={onClose} data-testid="wall-close" />
      </header>
      <Watcher feed={feed} one={one} />
      <Video feed={feed} live={live} one={one} />
      {feed.frame.value?.exam.rules?.sound && <Listen feed={feed} live={live} one={one} />}
      <Deeds feed={feed} one={one} onDone={found.reload} />
      <Tabs
        name="wall"
        label={one.name}
        chosen={tab}
        onChoose={id => onTab(id as PersonTab)}
        tabs={[
          { id: "look", label: t("wall.tab_look"), count: unseen },
          { id: "entry", label: t("wall.tab_entry") },
          { id: "talk", label: t("wall.tab_talk"), count: fresh },
          { id: "answers", label: t("wall.tab_answers") },
          { id: "log", label: t("wall.tab_log") },
        ]}
      />
      <TabPanel name="wall" id={tab}>
        {tab === "look" ? (
          <Looks feed={feed} one={one} flags={detail?.flags ?? one.flags} onDone={found.reload} />
        ) : (
          <Load of={found} lines={2}>
            {known => <Part feed={feed} one={known} tab={tab} onDone={found.reload} />}
          </Load>
        )}
      </TabPanel>
    </aside>
  );
}

function Part(props: { feed: Feed; one: Detail; tab: PersonTab; onDone: () => void }) {
  const { feed, one, tab, onDone } = props;
  const { exam } = feed;
  if (tab === "entry") {
    return (
      <div class="stack">
        <Photos exam={exam} one={one} identity={feed.frame.value?.exam.identity ?? true} />
        <StepList one={one} />
      </div>
    );
  }
  if (tab === "talk") {
    return (
      <Talk
        lines={one.messages}
        onWrite={async text => {
          await write(exam, one.person, text);
          onDone();
        }}
      />
    );
  }
  if (tab === "answers") return <Answers exam={exam} one={one} />;
  return <Log one={one} />;
}

/** The places to look at, the newest first. */
function Looks({
  feed,
  one,
  flags,
  onDone,
}: {
  feed: Feed;
  one: Student;
  flags: Student["flags"];
  onDone: () => void;
}) {
  const [busy, setBusy] = useState(0);
  const mark = async (flag: number): Promise<void> => {
    setBusy(flag);
    try {
      await seen(feed.exam, one.person, flag);
      feed.again();
      onDone();
    } catch (error) {
      toast(explain(error), "fault");
    }
    setBusy(0);
  };
  const { webcam, screen } = one.unjudged;
  return (
    <div class="stack-tight">
      {flags.length === 0 && <p class="muted">{t("wall.calm")}</p>}
      <ul role="list" class="pw-list" data-testid="wall-flags">
        {[...flags]
          .sort((a, b) => b.n - a.n)
          .map(flag => {
            const Picture = kindIcon(flag.kind);
            const span = ((flag.end ? Date.parse(flag.end) : feed.now.value) - Date.parse(flag.begin)) / 1000;
            return (
              <li key={flag.n} data-testid="wall-flag" data-kind={flag.kind} data-seen={flag.seen}>
                <Picture size={18} aria-hidden />
                <span class="grow">
                  {kindWord(flag.kind)}
                  <span class="muted small numbers">
                    {" "}
                    {clockSeconds(flag.begin)},{" "}
                    {flag.end ? lasted(span) : t("wall.still", { time: lasted(span) })}
                  </span>
                </span>
                {flag.seen ? (
                  <span class="muted small">{t("wall.seen")}</span>
                ) : (
                  <Button
                    look="quiet"
                    icon={Check}
                    busy={busy === flag.n}
                    onClick={() => void mark(flag.n)}
                    data-testid="wall-seen"
                  >
                    {t("wall.mark_seen")}
                  </Button>
                )}
              </li>
            );
          })}
      </ul>
      {(webcam >= 1 || screen >= 1) && (
        <p class="muted small" data-testid="wall-unjudged">
          {t("wall.unjudged", { webcam: lasted(webcam), screen: lasted(screen) })}
        </p>
      )}
      <p class="muted small">{t("wall.flag_words")}</p>
    </div>
  );
}

/** `10:42:07` in the university's zone. */
export function clockSeconds(iso: string): string {
  return `${clock(iso)}:${String(new Date(iso).getUTCSeconds()).padStart(2, "0")}`;
}

const span = (begin: string, end: string | null): string =>
  end ? lasted((Date.parse(end) - Date.parse(begin)) / 1000) : "";

interface Entry {
  at: string;
  words: string;
  more: string;
}

/** Everything that happened, newest first: the browser's events, breaks, what staff did. */
export function entriesOf(one: Pick<Detail, "events" | "breaks" | "gaps" | "log">): Entry[] {
  const entries: Entry[] = [
    ...one.events.map(({ at, kind, detail }) => ({
      at,
      words: maybe(`wall.event.${kind}`) ?? kind,
      more: detail,
    })),
    ...one.breaks.map(({ begin, end }) => ({
      at: begin,
      words: t("wall.break"),
      more: span(begin, end),
    })),
    ...one.gaps.map(({ begin, end, what }) => ({
      at: begin,
      words: t("wall.gap"),
      more: [...what.split(" ").map(word => maybe(`wall.gap.${word}`) ?? word), span(begin, end)].join(", "),
    })),
    ...one.log.map(({ at, what, who, reason }) => ({
      at,
      words: maybe(`wall.log.${what}`) ?? what,
      more: [who, reason].filter(Boolean).join(": "),
    })),
  ];
  return entries.sort((a, b) => (a.at < b.at ? 1 : -1));
}

function Log({ one }: { one: Detail }) {
  const entries = entriesOf(one);
  if (entries.length === 0) return <p class="muted">{t("wall.log_empty")}</p>;
  return (
    <ol role="list" class="pw-list" data-testid="wall-log">
      {entries.map(({ at, words, more }, index) => (
        <li key={index}>
          <span class="numbers muted">{clockSeconds(at)}</span>
          <span class="grow">
            {words}
            {more && <span class="muted"> {more}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
