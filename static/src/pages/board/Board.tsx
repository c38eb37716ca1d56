/**
 * The dispatcher's board: a day's lessons in one's scope and how each stands at this moment. It asks again
 * every few seconds; what needs a look can be shown alone, on a projector too.
 */
import { useEffect, useState } from "preact/hooks";
import {
  Ban,
  Check,
  CircleAlert,
  Clock,
  LayoutDashboard,
  Radio,
  TriangleAlert,
  UserRoundX,
} from "lucide-preact";
import { useLocation } from "preact-iso";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { clock, isoDay, longDay } from "../../i18n/dates";
import { Badge, type Tone } from "../../ui/Badge";
import type { Icon } from "../../ui/Button";
import { Choice, Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import "./board.css";

const REFRESH = 4_000; // ms; what happens shows within ten seconds

type Word =
  "ahead" | "due" | "late" | "running" | "teacher_away" | "held" | "ended_early" | "not_held" | "cancelled";

interface BoardLesson {
  id: string;
  title: string;
  discipline: string;
  groups: string[];
  teachers: string[];
  substituted: boolean;
  starts: string;
  ends: string;
  word: Word;
  late: number;
  early: number;
  attention: boolean;
  here: number;
  expected: number;
  reason: string;
}

interface BoardView {
  date: string;
  now: string;
  lessons: BoardLesson[];
  more: boolean;
}

const LOOKS: Record<Word, [Tone, Icon]> = {
  ahead: ["plain", Clock],
  due: ["accent", Clock],
  late: ["danger", CircleAlert],
  running: ["good", Radio],
  teacher_away: ["warn", UserRoundX],
  held: ["plain", Check],
  ended_early: ["warn", TriangleAlert],
  not_held: ["danger", CircleAlert],
  cancelled: ["plain", Ban],
};

export default function Board() {
  const { query, route } = useLocation();
  const today = isoDay(new Date());
  const day = /^\d{4}-\d\d-\d\d$/.test(query["date"] ?? "") ? (query["date"] ?? today) : today;
  const only = query["show"] === "attention";
  const go = (to: string, attention: boolean): void => {
    const parts = [to !== today && `date=${to}`, attention && "show=attention"].filter(Boolean);
    route(parts.length > 0 ? `/board?${parts.join("&")}` : "/board", true);
  };
  const board = useResource(signal => get<BoardView>("/board", { date: day }, signal), [day]);
  const { reload } = board;
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && reload(), REFRESH);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <Page title={t("board.title")} lead={t("board.lead", { day: longDay(day) })} testid="board">
      <div class="board-filters no-print">
        <Field
          label={t("board.day")}
          type="date"
          value={day}
          onValue={value => value && go(value, only)}
          data-testid="board-day"
        />
        <Choice
          label={t("board.only")}
          value={only ? "attention" : "all"}
          options={[
            { value: "all", label: t("board.all") },
            { value: "attention", label: t("board.attention") },
          ]}
          onValue={value => go(day, value === "attention")}
          testid="board-show"
        />
      </div>
      <Load of={board}>{found => <Lessons found={found} only={only} />}</Load>
    </Page>
  );
}

function Lessons({ found, only }: { found: BoardView; only: boolean }) {
  const [said, setSaid] = useState("");
  const looked = found.lessons.filter(one => one.attention);
  const shown = only ? looked : found.lessons;
  const count = t("board.count", { count: looked.length });
  // said to screen readers when it changes, not with every look
  useEffect(() => setSaid(count), [count]);
  return (
    <>
      <p class="board-count" data-testid="board-count" data-count={looked.length}>
        {count}
      </p>
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
              cell: one => (
                <span class="numbers board-time">{`${clock(one.starts)}-${clock(one.ends)}`}</span>
              ),
            },
            {
              id: "lesson",
              label: t("board.lesson"),
              heads: true,
              cell: one => (
                <>
                  <a href={`/lessons/${one.id}`}>{one.title || one.discipline}</a>
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
    </>
  );
}

function State({ lesson }: { lesson: BoardLesson }) {
  const [tone, icon] = LOOKS[lesson.word];
  return (
    <span class="board-state" data-testid="board-state" data-word={lesson.word} data-lesson={lesson.id}>
      <Badge tone={tone} icon={icon}>
        {t(`board.word.${lesson.word}`)}
      </Badge>
      {lesson.late > 0 && <span class="muted">{t("board.late", { count: lesson.late })}</span>}
      {lesson.early > 0 && <span class="muted">{t("board.early", { count: lesson.early })}</span>}
      {lesson.reason && <span class="muted">{lesson.reason}</span>}
    </span>
  );
}
