/**
 * The desk of the review (`/exams/{id}/review`): the queue without names, one item with its pictures, the
 * verdict. Everything goes by keyboard alone; what was looked at with the page in front is counted.
 */
import { ArrowLeft, Keyboard, UserRoundX } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { isTyping } from "../../class/shortcuts";
import { language, t } from "../../i18n";
import { clock, dayAndTime } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Downloads } from "../../ui/Downloads";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load, Loading } from "../../ui/States";
import { toast } from "../../ui/Toast";
import { ReasonDialog } from "../retention/Reason";
import { kindWord } from "../wall/words";
import { giveLook, readItem, readReview, recuseFrom, reviewPath } from "./api";
import { commandOf, KEYS, type Command } from "./keys";
import { neighbour, nextWaiting } from "./order";
import { Pictures } from "./Pictures";
import { Queue } from "./Queue";
import { Shelf, type Held } from "./shelf";
import { Stopwatch } from "./stopwatch";
import type { ReviewView, Verdict as Word } from "./types";
import { Verdict } from "./Verdict";
import { caseLook } from "./words";
import "./review.css";

const REFRESH = 30_000; // ms
const STEP = 2_000; // ms of an arrow
const SLIP = 500; // ms after opening in which a key held from the item before gives no verdict

export default function Desk({ id = "" }: { id?: string }) {
  const review = useResource(signal => readReview(id, signal), [id]);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && review.reload(), REFRESH);
    return () => clearInterval(timer);
  }, [review.reload]);
  return (
    <div class="rv-wide">
      <Load of={review}>{view => <Open id={id} view={view} reload={review.reload} />}</Load>
    </div>
  );
}

interface Props {
  id: string;
  view: ReviewView;
  reload: () => void;
}

function Open({ id, view, reload }: Props) {
  const { queue } = view;
  const waiting = queue.filter(item => item.waits).length;
  const [keys, setKeys] = useState(false);
  const desk = useDesk(id, view, reload);
  const { held, current } = desk;
  useKeys(command => (command === "help" ? setKeys(true) : desk.run(command)), !desk.recusing && !keys);
  return (
    <Page
      title={view.title || view.discipline}
      testid="review"
      lead={
        <span data-testid="review-facts">
          {t("review.waiting_of", { waiting, items: queue.length })},{" "}
          {t("review.minutes", { count: view.minutes })}
          {view.release && `. ${t("review.release", { when: dayAndTime(view.release) })}`}
        </span>
      }
      actions={
        <>
          <ButtonLink icon={ArrowLeft} look="quiet" href="/reviews">
            {t("review.all")}
          </ButtonLink>
          <IconButton
            icon={Keyboard}
            label={t("review.keys")}
            showLabel
            onClick={() => setKeys(true)}
            data-testid="review-keys"
          />
        </>
      }
    >
      <div class="rv-desk">
        <nav class="stack rv-side" aria-label={t("review.queue")}>
          {queue.length === 0 ? (
            <p class="muted">{t("review.queue_empty")}</p>
          ) : (
            <Queue queue={queue} current={current} onOpen={key => void desk.open(key)} />
          )}
        </nav>
        <section class="rv-middle" aria-label={t("review.one")} ref={desk.middle} tabIndex={-1}>
          {desk.error !== undefined && <Note tone="danger">{explain(desk.error)}</Note>}
          {held ? (
            <article class="stack" data-testid="review-one" data-item={held.view.key}>
              <header class="row">
                <h2 class="grow" aria-live="polite">
                  {t("review.number", { n: held.view.number, of: queue.length })}{" "}
                  {[...new Set(held.view.kinds.map(one => kindWord(one.kind)))].join(", ")}{" "}
                  <span class="muted numbers">{clock(held.view.begins)}</span>
                </h2>
                <Button
                  look="quiet"
                  icon={UserRoundX}
                  onClick={() => desk.run("recuse")}
                  aria-keyshortcuts="R"
                  data-testid="review-recuse"
                >
                  {t("review.recuse")}
                </Button>
              </header>
              <Pictures deck={held.deck} item={held.view} />
              <Verdict
                item={held.view}
                doing={desk.doing}
                noting={desk.noting}
                onNoting={desk.setNoting}
                onGive={desk.give}
                onNext={nextWaiting(queue, current) ? () => desk.run("waiting") : undefined}
              />
            </article>
          ) : current ? (
            <Loading />
          ) : (
            <Note tone="good" testid="review-done">
              {t(view.you.member ? "review.nothing_waits" : "review.secretary_words")}
            </Note>
          )}
          <Cases id={id} view={view} />
        </section>
      </div>
      <KeysDialog open={keys} onClose={() => setKeys(false)} />
      {desk.recusing && (
        <ReasonDialog
          title={t("review.recuse")}
          label={t("review.recuse_reason")}
          action={t("review.recuse_yes")}
          testid="review-recusal"
          onClose={() => desk.setRecusing(false)}
          onSave={desk.recuse}
        >
          <p>{t("review.recuse_words")}</p>
        </ReasonDialog>
      )}
    </Page>
  );
}

function useDesk(id: string, view: ReviewView, reload: () => void) {
  const { queue } = view;
  const shelf = useMemo(() => new Shelf(key => readItem(id, key)), [id]);
  const watch = useMemo(() => new Stopwatch(), [id]);
  const [current, setCurrent] = useState("");
  const [held, setHeld] = useState<Held>();
  const [noting, setNoting] = useState(false);
  const [recusing, setRecusing] = useState(false);
  const [error, setError] = useState<unknown>();
  const doing = useDoing();
  const middle = useRef<HTMLElement>(null);
  const wanted = useRef("");
  const opened = useRef(0);

  useEffect(() => {
    const look = (): void => watch.front(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      wanted.current = "";
      shelf.keep([]);
    };
  }, [shelf, watch]);

  async function open(key: string): Promise<void> {
    if (key === wanted.current) return;
    held?.deck.stop();
    wanted.current = key;
    opened.current = performance.now();
    setCurrent(key);
    setHeld(undefined);
    setNoting(false);
    setError(undefined);
    doing.clear();
    watch.restart(!document.hidden);
    middle.current?.focus({ preventScroll: true });
    const old = shelf.has(key);
    try {
      const found = await shelf.get(key);
      if (wanted.current !== key) return;
      found.deck.seek(0);
      found.deck.start(true);
      setHeld(found);
      const ahead = nextWaiting(queue, key)?.key ?? neighbour(queue, key, 1)?.key;
      shelf.keep([key, ahead]);
      if (ahead) shelf.get(ahead).catch(() => undefined);
      if (!old) return;
      found.view = await readItem(id, key); // others may have looked since it was put at hand
      if (wanted.current === key) setHeld({ ...found });
    } catch (thrown) {
      if (wanted.current === key) setError(thrown);
    }
  }

  useEffect(() => {
    const first = queue.find(item => item.waits);
    if (!wanted.current && first) void open(first.key);
  }, [queue]);

  function give(verdict: Word, note: string): void {
    if (!held?.view.waits) return;
    const { view, deck } = held;
    void doing.run(async () => {
      const seen = await giveLook(id, view.key, verdict, note, watch.seconds);
      held.view = seen;
      reload();
      if (wanted.current !== view.key) return;
      deck.stop();
      setNoting(false);
      setHeld({ deck, view: seen });
      middle.current?.focus({ preventScroll: true });
    });
  }

  async function recuse(reason: string): Promise<void> {
    await recuseFrom(id, current, reason);
    setRecusing(false);
    held?.deck.stop();
    wanted.current = "";
    setCurrent("");
    setHeld(undefined);
    shelf.keep([]);
    toast(t("review.recused"));
    reload();
  }

  function run(command: Command): void {
    const to = (key: string | undefined): void => void (key && open(key));
    const fresh = performance.now() - opened.current < SLIP;
    switch (command) {
      case "play":
        return held?.deck.toggle();
      case "back":
        return held?.deck.by(-STEP);
      case "forth":
        return held?.deck.by(STEP);
      case "previous":
        return to(neighbour(queue, current, -1)?.key);
      case "next":
        return to(neighbour(queue, current, 1)?.key);
      case "waiting":
        return to(nextWaiting(queue, current)?.key);
      case "nothing":
        return fresh ? undefined : give("nothing", "");
      case "noted":
        return void (held?.view.waits && setNoting(true));
      case "recuse":
        return void (held && setRecusing(true));
      case "help":
    }
  }

  return {
    current,
    held,
    noting,
    setNoting,
    recusing,
    setRecusing,
    error,
    doing,
    middle,
    open,
    give,
    recuse,
    run,
  };
}

/** Keys go to the desk unless somebody types, or presses a control with Space. */
function useKeys(run: (command: Command) => void, on: boolean): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!on) return;
    const heard = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const slider = target?.matches("input[type=range]") ?? false;
      if (isTyping(target) && !slider) return;
      const command = commandOf(event);
      if (!command) return;
      if (command === "play" && target?.closest("button, a, summary")) return;
      event.preventDefault();
      latest.current(command);
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, [on]);
}

/** The cases that one may know: of students all of whose items one has looked through. */
function Cases({ id, view }: { id: string; view: ReviewView }) {
  const { route } = useLocation();
  return (
    <Card title={t("review.cases")} testid="review-cases">
      {view.cases.length === 0 ? (
        <p class="muted">{t("review.cases_none")}</p>
      ) : (
        <ul class="plain-list" role="list">
          {view.cases.map(one => {
            const look = caseLook(one.state);
            return (
              <li key={one.person} data-testid="review-case" data-person={one.person} data-state={one.state}>
                <span class="stack-tight">
                  <strong dir="auto">{one.name}</strong>
                  <span class="muted small">
                    {[one.group, t("review.accepted_of", { accepted: one.accepted, items: one.items })]
                      .filter(Boolean)
                      .join(", ")}
                    {one.until && `, ${t("review.until", { when: dayAndTime(one.until) })}`}
                  </span>
                </span>
                <span class="row">
                  <Badge tone={look.tone} icon={look.icon}>
                    {look.words}
                  </Badge>
                  <Button
                    onClick={() => route(`${reviewPath(id)}/cases/${encodeURIComponent(one.person)}`)}
                    data-testid="review-case-open"
                  >
                    {t("review.case_open")}
                  </Button>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <div class="row">
        <span class="muted">{t("review.protocol")}</span>
        <Downloads
          path={reviewPath(id, "/protocol")}
          query={{ language: language.value }}
          testid="review-protocol"
        />
      </div>
      <div class="row">
        <span class="muted">{t("review.sheet")}</span>
        <Downloads
          path={reviewPath(id, "/sheet")}
          query={{ language: language.value }}
          testid="review-sheet"
        />
      </div>
      <p class="muted small">
        {t("review.commission")}:{" "}
        {view.members.map(one => `${one.name} (${t(`review.part.${one.part}`)})`).join(", ")}
      </p>
    </Card>
  );
}

function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} title={t("review.keys")} onClose={onClose} testid="review-keys-dialog">
      <dl class="rv-keys">
        {KEYS.map(([command, key]) => (
          <div key={command} class="row">
            <dt>
              <kbd>{key === "Space" ? t("review.key_space") : key}</kbd>
            </dt>
            <dd>{t(`review.key.${command}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
