/**
 * The way in: a calm list of steps, one open at a time. What is done folds to one line and can be opened
 * again; what cannot be done here has a way round it, and a person to ask.
 */
import { Check, CircleAlert } from "lucide-preact";
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { explain } from "../api/explain";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { move } from "./api";
import { useExam, useView } from "./context";
import { Equipment } from "./Equipment";
import { Biometrics, Rules } from "./Consent";
import { Baseline, DocumentPhoto, FacePhoto, RoomPan, Turn } from "./Identity";
import { Share } from "./Share";
import { openStop, stopsOf, type Station, type Stop } from "./steps";

export interface StationProps {
  /** Go on without what this step would have given. */
  pass: () => void;
}

const PAGES: Record<Station, ComponentType<StationProps>> = {
  rules: Rules,
  biometrics: Biometrics,
  equipment: Equipment,
  face: FacePhoto,
  document: DocumentPhoto,
  turn: Turn,
  room: RoomPan,
  baseline: Baseline,
  share: Share,
};

/** Steps that may be taken a second time. */
const AGAIN: readonly Station[] = ["equipment", "face", "document", "turn", "biometrics"];

export function WayIn() {
  const { room } = useExam();
  const view = useView();
  const [passed, setPassed] = useState<ReadonlySet<Station>>(new Set());
  const [wanted, setWanted] = useState<Station | null>(null);
  // A reload ends the sharing of a screen: then the step is open again.
  const sharing = room.local.screen.state.value === "on";
  const stops = stopsOf(view).map(stop => ({
    ...stop,
    done: stop.done && (stop.name !== "share" || sharing),
  }));
  const open = wanted ?? openStop(stops, passed);
  const pass = (name: Station): void => {
    setPassed(new Set([...passed, name]));
    setWanted(null);
  };
  // A step that was opened again folds when it has been taken anew.
  const marks = JSON.stringify(view.steps);
  const before = useRef(marks);
  useEffect(() => {
    if (before.current !== marks) setWanted(null);
    before.current = marks;
  }, [marks]);
  return (
    <div class="way" data-testid="exam-way">
      <header class="stack-tight">
        <h2>{t("exam.way.title")}</h2>
        <p class="muted">{t("exam.way.lead")}</p>
      </header>
      <ol class="way-list" role="list">
        {stops.map((stop, index) => (
          <Row
            key={stop.name}
            stop={stop}
            number={index + 1}
            open={stop.name === open}
            over={stop.done || passed.has(stop.name)}
            pass={() => pass(stop.name)}
            again={() => setWanted(stop.name)}
          />
        ))}
      </ol>
      {open === null && <Ready />}
    </div>
  );
}

interface RowProps {
  stop: Stop;
  number: number;
  open: boolean;
  over: boolean;
  pass: () => void;
  again: () => void;
}

function Row({ stop, number, open, over, pass, again }: RowProps) {
  const Page = PAGES[stop.name];
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(number === 1);
  useEffect(() => {
    if (open && !first.current) {
      heading.current?.focus({ preventScroll: true });
      heading.current?.scrollIntoView({ block: "nearest" });
    }
    first.current = false;
  }, [open]);
  // The server learns the position until the start: sitting still for a moment is all there is to do.
  const taken = stop.done || stop.name === "baseline";
  const look = open ? "open" : over ? (stop.doubtful ? "doubt" : "done") : "later";
  return (
    <li
      class={`way-step way-${look}`}
      data-testid={`exam-step-${stop.name}`}
      data-look={look}
      aria-current={open ? "step" : undefined}
    >
      <div class="way-head">
        <span class="way-number" aria-hidden="true">
          {look === "done" ? <Check size={18} /> : look === "doubt" ? <CircleAlert size={18} /> : number}
        </span>
        <h3 ref={heading} tabIndex={-1} class="grow">
          {t(`exam.step.${stop.name}`)}
        </h3>
        {!open && over && (
          <span class="small muted">
            {stop.doubtful ? t("exam.step_doubt") : taken ? t("exam.step_done") : t("exam.step_passed")}
          </span>
        )}
        {!open && over && AGAIN.includes(stop.name) && (
          <Button look="quiet" onClick={again}>
            {t("exam.step_again")}
          </Button>
        )}
      </div>
      {open && (
        <div class="way-page stack">
          <Page pass={pass} />
        </div>
      )}
    </li>
  );
}

function Ready() {
  const { attempt } = useExam().room;
  const view = useView();
  const doing = useDoing();
  const ready = (): void => void doing.run(() => attempt.act(() => move(attempt.exam, attempt.tab, "ready")));
  return (
    <section class="way-ready stack" data-testid="exam-ready-card">
      <p>{view.exam.rehearsal ? t("exam.ready_rehearsal") : t("exam.ready_words")}</p>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button look="primary" busy={doing.busy} onClick={ready} data-testid="exam-ready">
          {t("exam.ready")}
        </Button>
      </div>
    </section>
  );
}
