/**
 * The first page: what is going on, what comes next. A day as a rail of lessons with a line at "now", or
 * the week in columns. The clock is the server's; the page asks again every minute while it is looked at.
 */
import { useEffect, useState } from "preact/hooks";
import { CalendarDays, ChevronLeft, ChevronRight, Coffee, FlaskConical } from "lucide-preact";
import { useLocation } from "preact-iso";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import type { Today as Day, Week } from "../../api/types";
import { t } from "../../i18n";
import { addDays, dayMonth, isoDay, longDay, mondayOf, weekdayName, zone } from "../../i18n/dates";
import { me } from "../../state/me";
import { Button, ButtonLink, IconButton } from "../../ui/Button";
import { Choice } from "../../ui/Field";
import { useNow } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { LessonCard } from "./LessonCard";
import { inOrder, nowLine } from "./timing";
import "./today.css";

const REFRESH = 60_000; // ms; a lesson that opens should show within a minute

/** Milliseconds that the server's clock is ahead of ours. */
function ahead(serverNow: string): number {
  return Date.parse(serverNow) - Date.now();
}

export default function Today() {
  const { query, route } = useLocation();
  const week = query["view"] === "week";
  const person = me.value;
  const [today, setToday] = useState(() => isoDay(new Date()));
  const day = /^\d{4}-\d\d-\d\d$/.test(query["date"] ?? "") ? (query["date"] ?? today) : today;
  const go = (to: string, asWeek: boolean): void => {
    const parts = [to !== today && `date=${to}`, asWeek && "view=week"].filter(Boolean);
    route(parts.length > 0 ? `/?${parts.join("&")}` : "/");
  };
  const step = week ? 7 : 1;
  const monday = mondayOf(day);
  const span = week ? `${dayMonth(monday)} - ${dayMonth(addDays(monday, 6))}` : longDay(day);
  return (
    <Page
      testid="today"
      title={week ? t("today.week") : day === today ? t("today.title") : longDay(day)}
      lead={week || day === today ? span : undefined}
      actions={
        <>
          {person?.kind === "account" && (
            <ButtonLink look="quiet" icon={FlaskConical} href="/trial" data-testid="today-trial">
              {t("trial.title")}
            </ButtonLink>
          )}
          <Choice
            bare
            label={t("today.view")}
            value={week ? "week" : "day"}
            options={[
              { value: "day", label: t("today.day") },
              { value: "week", label: t("today.week") },
            ]}
            onValue={value => go(day, value === "week")}
            testid="today-view"
          />
          <div class="row today-steps">
            <IconButton
              icon={ChevronLeft}
              label={week ? t("today.week_before") : t("today.day_before")}
              onClick={() => go(addDays(day, -step), week)}
              data-testid="today-before"
            />
            <Button
              icon={CalendarDays}
              look="quiet"
              disabled={day === today}
              onClick={() => go(today, week)}
              data-testid="today-now"
            >
              {t("today.title")}
            </Button>
            <IconButton
              icon={ChevronRight}
              label={week ? t("today.week_after") : t("today.day_after")}
              onClick={() => go(addDays(day, step), week)}
              data-testid="today-after"
            />
          </div>
        </>
      }
    >
      {week ? (
        <WeekView from={monday} today={today} />
      ) : (
        <DayView day={day} today={today} onToday={setToday} />
      )}
    </Page>
  );
}

function useRefresh(reload: () => void): void {
  useEffect(() => {
    const again = (): void => {
      if (!document.hidden) reload();
    };
    const timer = setInterval(again, REFRESH);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [reload]);
}

function DayView({ day, today, onToday }: { day: string; today: string; onToday: (day: string) => void }) {
  const lessons = useResource(
    async signal => {
      const found = await get<Day>("/today", { date: day === today ? undefined : day }, signal);
      zone.value = found.zone;
      if (day === today) onToday(found.date);
      return { ...found, ahead: ahead(found.now) };
    },
    [day],
  );
  useRefresh(lessons.reload);
  const ticking = useNow(15_000);
  return (
    <Load of={lessons}>
      {found => {
        const list = inOrder(found.lessons);
        const now = ticking + found.ahead;
        if (list.length === 0) return <NoLessons past={day < today} today={day === today} />;
        const line = day === today ? nowLine(list, now) : -1;
        return (
          <>
            <ol class="rail" role="list">
              {list.map((lesson, index) => (
                <li key={lesson.id} class={index === line ? "rail-one rail-now" : "rail-one"}>
                  <LessonCard lesson={lesson} now={now} />
                </li>
              ))}
              {line === list.length && <li class="rail-end rail-now" aria-hidden="true" />}
            </ol>
            {found.more && <Note>{t("today.more")}</Note>}
          </>
        );
      }}
    </Load>
  );
}

function NoLessons({ past, today }: { past: boolean; today: boolean }) {
  const title = today ? t("today.none") : past ? t("today.none_then") : t("today.none_planned");
  return (
    <Empty icon={Coffee} title={title} testid="today-empty">
      {me.value?.roles.some(role => role.role === "student")
        ? t("today.none_student")
        : t("today.none_words")}
    </Empty>
  );
}

function WeekView({ from, today }: { from: string; today: string }) {
  const week = useResource(
    async signal => {
      const found = await get<Week>("/week", { from }, signal);
      zone.value = found.zone;
      return { ...found, ahead: ahead(found.now) };
    },
    [from],
  );
  useRefresh(week.reload);
  const ticking = useNow(15_000);
  return (
    <Load of={week}>
      {found => {
        const days = Array.from({ length: 7 }, (_, index) => addDays(from, index));
        const byDay = new Map(
          days.map(day => [
            day,
            inOrder(found.lessons.filter(lesson => isoDay(new Date(lesson.starts)) === day)),
          ]),
        );
        const shown = days.filter((day, index) => index < 6 || (byDay.get(day)?.length ?? 0) > 0);
        if (found.lessons.length === 0) return <NoLessons past={false} today={false} />;
        return (
          <>
            {found.week !== null && <p class="muted">{t("today.week_number", { number: found.week })}</p>}
            <div class="week">
              {shown.map(day => (
                <section
                  key={day}
                  class={day === today ? "week-day week-today" : "week-day"}
                  data-testid="week-day"
                  data-day={day}
                >
                  <h2 class="week-head">
                    <span>{weekdayName(new Date(`${day}T12:00:00Z`).getUTCDay(), "long")}</span>
                    <span class="muted small">{dayMonth(day)}</span>
                  </h2>
                  {byDay.get(day)?.length ? (
                    byDay
                      .get(day)
                      ?.map(lesson => (
                        <LessonCard key={lesson.id} lesson={lesson} now={ticking + found.ahead} level={3} />
                      ))
                  ) : (
                    <p class="muted small week-none">{t("today.none_planned")}</p>
                  )}
                </section>
              ))}
            </div>
            {found.more && <Note>{t("today.more")}</Note>}
          </>
        );
      }}
    </Load>
  );
}
