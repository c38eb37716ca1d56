/**
 * Letting students in, one after the other, with the keyboard: face, document, the photo of the record,
 * how alike they are in words; A admits, R asks for a new photo, M writes, the arrows move on.
 */
import { Camera, ChevronLeft, ChevronRight, CircleCheck, MessageSquare, UsersRound } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { isTyping } from "../../class/shortcuts";
import { t } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Empty, Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import { admit, askPhoto, write } from "./api";
import { doubts } from "./checks";
import { DeedDialog } from "./Deeds";
import type { Feed } from "./feed";
import { usePerson } from "./Person";
import { Photos, StepList } from "./Photos";
import { Talk } from "./Talk";
import type { Student } from "./types";
import { Watcher } from "./Watcher";

/** Who waits, by name; whoever is on the screen stays although others come and go. */
function useQueue(feed: Feed): Student[] {
  // The counts change with every coming and going; each student is read without listening to all.
  void feed.counts.value;
  const waiting = [...feed.students.values()].map(one => one.value).filter(one => one.state === "waiting");
  return waiting.sort((a, b) => a.name.localeCompare(b.name));
}

export function Admission({ feed }: { feed: Feed }) {
  const queue = useQueue(feed);
  const [chosen, setChosen] = useState("");
  const found = queue.findIndex(one => one.person === chosen);
  const index = found >= 0 ? found : 0;
  const one = queue[index];
  useEffect(() => {
    if (one && one.person !== chosen) setChosen(one.person);
  }, [one?.person]);
  if (!one) {
    return (
      <Empty icon={UsersRound} title={t("wall.queue_empty")} testid="wall-queue-empty">
        {t("wall.queue_empty_words")}
      </Empty>
    );
  }
  const go = (by: number): void => setChosen(queue[(index + by + queue.length) % queue.length]?.person ?? "");
  return <One key={one.person} feed={feed} one={one} place={index + 1} of={queue.length} onGo={go} />;
}

interface OneProps {
  feed: Feed;
  one: Student;
  place: number;
  of: number;
  onGo: (by: number) => void;
}

function One({ feed, one, place, of, onGo }: OneProps) {
  const { exam } = feed;
  const identity = feed.frame.value?.exam.identity ?? true;
  const detail = usePerson(exam, one.person);
  const [asking, setAsking] = useState(false);
  const [talking, setTalking] = useState(false);
  const doing = useDoing();
  const worries = doubts(one.steps, identity);
  const run = (work: () => Promise<unknown>, words: string): void =>
    void doing.run(async () => {
      try {
        await work();
        toast(words);
        feed.again();
      } catch (error) {
        toast(explain(error), "fault");
      }
    });
  const letIn = (): void => {
    if (worries.length > 0) setAsking(true);
    else run(() => admit(exam, one.person, ""), t("wall.done_admit", { name: one.name }));
  };
  const again = (): void => run(() => askPhoto(exam, one.person), t("wall.done_check"));
  const keys: Record<string, () => void> = {
    KeyA: letIn,
    KeyR: again,
    KeyM: () => setTalking(true),
    ArrowRight: () => onGo(1),
    ArrowLeft: () => onGo(-1),
  };
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const deed = latest.current[event.code];
      if (!deed || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      deed();
    };
    addEventListener("keydown", heard);
    return () => removeEventListener("keydown", heard);
  }, []);
  return (
    <section
      class="pw-admission"
      aria-label={t("wall.queue")}
      data-testid="wall-admission"
      data-person={one.person}
    >
      <header class="row">
        <IconButton icon={ChevronLeft} label={t("wall.previous")} onClick={() => onGo(-1)} />
        <div class="grow">
          <h2 dir="auto">{one.name}</h2>
          <p class="muted">
            {one.group && `${one.group}, `}
            <span class="numbers">{t("wall.queue_place", { n: place, of })}</span>
          </p>
        </div>
        <IconButton icon={ChevronRight} label={t("wall.next")} onClick={() => onGo(1)} />
      </header>
      {one.steps.private && <Watcher feed={feed} one={one} />}
      <Load of={detail} lines={3}>
        {known => (
          <>
            <Photos exam={exam} one={known} identity={identity} />
            {worries.length > 0 ? (
              <ul class="row" role="list" data-testid="wall-doubts">
                {worries.map(words => (
                  <li key={words}>
                    <Badge tone="warn">{words}</Badge>
                  </li>
                ))}
              </ul>
            ) : (
              <p>
                <Badge tone="good" icon={CircleCheck}>
                  {t("wall.checks_good")}
                </Badge>
              </p>
            )}
            <StepList one={known} />
            {talking && (
              <Talk
                lines={known.messages}
                onWrite={async text => {
                  await write(exam, one.person, text);
                  detail.reload();
                }}
              />
            )}
          </>
        )}
      </Load>
      <footer class="row">
        <Button
          look="primary"
          icon={CircleCheck}
          busy={doing.busy}
          onClick={letIn}
          aria-keyshortcuts="A"
          data-testid="wall-queue-admit"
        >
          {t("wall.admit")} (A)
        </Button>
        <Button icon={Camera} onClick={again} aria-keyshortcuts="R" data-testid="wall-queue-check">
          {t("wall.check")} (R)
        </Button>
        <Button
          icon={MessageSquare}
          onClick={() => setTalking(true)}
          aria-keyshortcuts="M"
          data-testid="wall-queue-message"
        >
          {t("wall.message")} (M)
        </Button>
      </footer>
      {asking && (
        <DeedDialog
          deed="admit"
          feed={feed}
          one={one}
          onClose={() => setAsking(false)}
          onDone={words => {
            setAsking(false);
            toast(words);
            feed.again();
          }}
        />
      )}
    </section>
  );
}
