/**
 * The dispatcher's board: a day's lessons in one's scope and how each stands at this moment. It asks again
 * every few seconds; what needs a look can be shown alone, and all of it on a projector.
 */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { CalendarArrowUp, LayoutDashboard, Presentation, ScrollText } from "lucide-preact";
import { get } from "../../api/client";
import { all } from "../../api/lists";
import { useResource, type Resource } from "../../api/resource";
import type { Named } from "../../api/types";
import { t } from "../../i18n";
import { clock, isoDay, longDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Choice, Field, Select } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import { LessonDialog } from "./LessonDialog";
import { MoveDialog } from "./MoveDialog";
import { State } from "./State";
import type { BoardLesson, BoardView } from "./words";
import "./board.css";

const REFRESH = 4_000; // ms; what happens shows within ten seconds

/** The board of a day, or of the university's today, asked for again and again while the page is seen. */
export function useBoard(day: string, faculty: string): Resource<BoardView> {
  const board = useResource(
    signal => get<BoardView>("/board", { date: day, faculty }, signal),
    [day, faculty],
  );
  const { reload } = board;
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && reload(), REFRESH);
    return () => clearInterval(timer);
  }, [reload]);
  return board;
}

export default function Board() {
  const { query, route } = useLocation();
  const faculties = useResource(signal => all<Named>("/faculties", {}, signal), []);
  const asked = /^\d{4}-\d\d-\d\d$/.test(query["date"] ?? "") ? (query["date"] ?? "") : "";
  const faculty = query["faculty"] ?? "";
  const show = query["show"] ?? "";
  const only = show === "attention";
  const go = (change: Record<string, string>): void => {
    const wanted = { date: asked, faculty, show, ...change };
    const parts = Object.entries(wanted).filter(([, value]) => value !== "");
    route(`/board${parts.length > 0 ? `?${new URLSearchParams(parts).toString()}` : ""}`, true);
  };
  const board = useBoard(asked, faculty);
  const day = asked || board.data?.date || isoDay(new Date());
  return (
    <Page title={t("board.title")} lead={t("board.lead", { day: longDay(day) })} testid="board">
      <div class="board-filters no-print">
        <Field
          label={t("board.day")}
          type="date"
          value={day}
          onValue={value => value && go({ date: value })}
          data-testid="board-day"
        />
        {(faculties.data?.length ?? 0) > 1 && (
          <Select
            label={t("unit.faculty")}
            none={t("reports.every")}
            value={faculty}
            options={faculties.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            onValue={value => go({ faculty: value })}
            data-testid="board-faculty"
          />
        )}
        <Choice
          label={t("board.only")}
          value={only ? "attention" : "all"}
          options={[
            { value: "all", label: t("board.all") },
            { value: "attention", label: t("board.attention") },
          ]}
          onValue={value => go({ show: value === "attention" ? value : "" })}
          testid="board-show"
        />
        <ButtonLink icon={Presentation} href={`/projector${faculty && `?faculty=${faculty}`}`}>
          {t("board.projector")}
        </ButtonLink>
        <ButtonLink icon={ScrollText} href="/reports?report=log" data-testid="board-log">
          {t("board.log_of_all")}
        </ButtonLink>
      </div>
      <Load of={board}>
        {found => <Lessons key={day} day={day} found={found} only={only} reload={board.reload} />}
      </Load>
    </Page>
  );
}

interface LessonsProps {
  day: string;
  found: BoardView;
  only: boolean;
  reload: () => void;
}

function Lessons({ day, found, only, reload }: LessonsProps) {
  const [said, setSaid] = useState("");
  const [opened, setOpened] = useState<string>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [moving, setMoving] = useState(false);
  const looked = found.lessons.filter(one => one.attention);
  const shown = only ? looked : found.lessons;
  const count = t("board.count", { count: looked.length });
  const picked = shown.filter(one => one.editable && chosen.has(one.id)).map(({ id }) => id);
  const looking = found.lessons.find(({ id }) => id === opened);
  const pick = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  // said to screen readers when it changes, not with every look
  useEffect(() => setSaid(count), [count]);
  return (
    <>
      <div class="board-head">
        <p class="board-count" data-testid="board-count" data-count={looked.length}>
          {count}
        </p>
        {picked.length > 0 && (
          <Button icon={CalendarArrowUp} onClick={() => setMoving(true)} data-testid="board-move">
            {t("board.move_chosen", { count: picked.length })}
          </Button>
        )}
      </div>
      <p class="hidden-text" role="status">
        {said}
      </p>
      {found.more && <Note tone="warn">{t("board.more")}</Note>}
      {shown.length === 0 ? (
        <Empty icon={LayoutDashboard} title={t(only ? "board.calm" : "board.empty")} />
      ) : (
        <Table
          caption={t("board.title")}
          testid="board-lessons"
          rows={shown}
          rowKey={one => one.id}
          columns={[
            {
              id: "time",
              label: t("board.time"),
              cell: one => <Time lesson={one} chosen={chosen} onPick={pick} />,
            },
            {
              id: "lesson",
              label: t("board.lesson"),
              heads: true,
              cell: one => (
                <>
                  <button
                    type="button"
                    class="link-button"
                    onClick={() => setOpened(one.id)}
                    data-testid="board-open"
                  >
                    {one.title || one.discipline}
                  </button>
                  <span class="muted board-groups">{one.groups.join(", ")}</span>
                </>
              ),
            },
            {
              id: "teacher",
              label: t("board.teacher"),
              cell: one => (
                <>
                  {one.teachers.join(", ")}
                  {one.substituted && <Badge tone="accent">{t("board.substitute")}</Badge>}
                </>
              ),
            },
            { id: "state", label: t("board.state"), cell: one => <State lesson={one} /> },
            {
              id: "here",
              label: t("board.here"),
              end: true,
              cell: one =>
                one.expected > 0 && (
                  <span class="numbers">
                    {t("board.here_of", { here: one.here, expected: one.expected })}
                  </span>
                ),
            },
          ]}
        />
      )}
      {looking && <LessonDialog lesson={looking} onClose={() => setOpened(undefined)} />}
      {moving && (
        <MoveDialog
          day={day}
          lessons={picked}
          onClose={() => setMoving(false)}
          onDone={() => {
            setMoving(false);
            setChosen(new Set());
            reload();
          }}
        />
      )}
    </>
  );
}

interface TimeProps {
  lesson: BoardLesson;
  chosen: ReadonlySet<string>;
  onPick: (id: string, on: boolean) => void;
}

function Time({ lesson, chosen, onPick }: TimeProps) {
  const away = lesson.word === "moved_away" && lesson.was;
  const words = away ? clock(away) : `${clock(lesson.starts)}-${clock(lesson.ends)}`;
  if (!lesson.editable || !may("lesson.edit")) return <span class="numbers board-time">{words}</span>;
  return (
    <label class="board-pick">
      <input
        type="checkbox"
        checked={chosen.has(lesson.id)}
        onChange={event => onPick(lesson.id, event.currentTarget.checked)}
        aria-label={`${t("board.choose")}: ${lesson.title || lesson.discipline}, ${words}`}
        data-testid="board-pick"
        data-lesson={lesson.id}
      />
      <span class="numbers board-time">{words}</span>
    </label>
  );
}
