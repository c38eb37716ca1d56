/** A week as columns of days against the hours; on a phone, a list by days. Each lesson is a button. */
import type { LessonView } from "../../api/types";
import { t } from "../../i18n";
import { addDays, clock, dayMonth, isoDay, minuteOfDay, weekdayName } from "../../i18n/dates";
import { names } from "../today/LessonCard";
import { hoursOf, inLanes, type Span } from "./lanes";

interface Block extends Span {
  lesson: LessonView;
}

interface Props {
  monday: string;
  lessons: readonly LessonView[];
  onOpen: (lesson: LessonView) => void;
  showGroups: boolean;
}

const STEP = 5; // minutes a grid row

export function WeekGrid({ monday, lessons, onOpen, showGroups }: Props) {
  const today = isoDay(new Date());
  const blocks = lessons.map((lesson): Block & { day: string } => {
    const from = minuteOfDay(lesson.starts);
    const length = Math.round((Date.parse(lesson.ends) - Date.parse(lesson.starts)) / 60_000);
    return { lesson, from, until: Math.min(24 * 60, from + length), day: isoDay(new Date(lesson.starts)) };
  });
  const [first, last] = hoursOf(blocks);
  const rowOf = (minute: number): number => Math.round((minute - first * 60) / STEP) + 1;
  const days = Array.from({ length: 7 }, (_, index) => addDays(monday, index)).filter(
    (day, index) => index < 6 || blocks.some(block => block.day === day),
  );
  return (
    <div
      class="grid"
      data-testid="week-grid"
      style={{ "--days": days.length, "--rows": ((last - first) * 60) / STEP }}
    >
      <div class="grid-hours numbers" aria-hidden="true">
        {Array.from({ length: last - first }, (_, index) => (
          <span key={index} style={{ gridRow: `${(index * 60) / STEP + 1}` }}>
            {String(first + index).padStart(2, "0")}:00
          </span>
        ))}
      </div>
      {days.map(day => {
        const placed = inLanes(blocks.filter(block => block.day === day));
        return (
          <section key={day} class={day === today ? "grid-day grid-today" : "grid-day"} data-day={day}>
            <h2 class="grid-head">
              <span>{weekdayName(new Date(`${day}T12:00:00Z`).getUTCDay(), "long")}</span>
              <span class="muted small">{dayMonth(day)}</span>
            </h2>
            <div class="grid-column">
              {placed.length === 0 && <p class="grid-none muted small">{t("today.none_planned")}</p>}
              {placed.map(({ item, lane, lanes }) => (
                <button
                  key={item.lesson.id}
                  type="button"
                  class={`slot slot-${item.lesson.state} slot-kind-${item.lesson.kind}`}
                  style={{
                    "--from": rowOf(item.from),
                    "--to": rowOf(item.until),
                    "--lane": lane,
                    "--lanes": lanes,
                  }}
                  onClick={() => onOpen(item.lesson)}
                  data-testid="slot"
                  data-lesson={item.lesson.id}
                >
                  <span class="slot-time numbers">
                    {clock(item.lesson.starts)}-{clock(item.lesson.ends)}
                    {item.lesson.state === "cancelled" && ` · ${t("phase.cancelled")}`}
                  </span>
                  <span class="slot-title">{item.lesson.title || item.lesson.discipline?.name}</span>
                  <span class="slot-who">
                    {t(`kind.${item.lesson.kind}`)} ·{" "}
                    {names(showGroups ? item.lesson.groups : item.lesson.teachers)}
                  </span>
                </button>
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}
