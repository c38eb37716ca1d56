/**
 * The timetable of one group or one teacher, week by week; new lessons, lines of the semester, and a
 * lesson's change, move and cancelling.
 */
import { useEffect, useState } from "preact/hooks";
import { CalendarDays, CalendarPlus, CalendarX, ChevronLeft, ChevronRight, Repeat } from "lucide-preact";
import { useLocation } from "preact-iso";
import { get } from "../../api/client";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { DisciplineView, GroupView, LessonView, UserView, Week } from "../../api/types";
import { t } from "../../i18n";
import { addDays, dayMonth, isoDay, mondayOf, zone } from "../../i18n/dates";
import { may } from "../../state/me";
import { Button, IconButton } from "../../ui/Button";
import { Choice, Select } from "../../ui/Field";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { LessonDialog } from "./LessonDialog";
import { SeriesDialog } from "./SeriesDialog";
import { WeekGrid } from "./WeekGrid";
import "../people/people.css";
import "./timetable.css";

export interface Choices {
  groups: GroupView[];
  teachers: UserView[];
  disciplines: DisciplineView[];
}

export default function Timetable() {
  const { query, route } = useLocation();
  const by = query["teacher"] !== undefined ? "teacher" : "group";
  const choices = useResource(async (signal): Promise<Choices> => {
    const [groups, teachers, disciplines] = await Promise.all([
      all<GroupView>("/groups", {}, signal),
      all<UserView>("/users", { role: "teacher" }, signal),
      all<DisciplineView>("/disciplines", {}, signal),
    ]);
    return { groups, teachers, disciplines };
  }, []);
  const list = (by === "group" ? choices.data?.groups : choices.data?.teachers) ?? [];
  const chosen = query[by] || list[0]?.id || "";
  const monday = mondayOf(
    /^\d{4}-\d\d-\d\d$/.test(query["week"] ?? "") ? (query["week"] ?? "") : isoDay(new Date()),
  );
  const go = (kind: string, id: string, week: string): void =>
    route(`/timetable?${kind}=${id}${week === mondayOf(isoDay(new Date())) ? "" : `&week=${week}`}`, true);

  const lessons = useResource(
    signal =>
      chosen
        ? all<LessonView>("/lessons", { from: monday, until: addDays(monday, 6), [by]: chosen }, signal)
        : Promise.resolve([]),
    [chosen, by, monday],
  );
  const week = useResource(signal => get<Week>("/week", { from: monday }, signal), [monday]);
  useEffect(() => {
    if (week.data) zone.value = week.data.zone;
  }, [week.data]);

  const [making, setMaking] = useState<"lesson" | "series">();
  const [opened, setOpened] = useState<LessonView>();
  const done = (): void => {
    setMaking(undefined);
    setOpened(undefined);
    lessons.reload();
  };
  const span = `${dayMonth(monday)} - ${dayMonth(addDays(monday, 6))}`;
  const number = week.data?.week;
  return (
    <Page
      title={t("timetable.title")}
      lead={number ? `${span} · ${t("today.week_number", { number })}` : span}
      testid="timetable"
      actions={
        <>
          {may("lesson.create") && (
            <Button icon={CalendarPlus} onClick={() => setMaking("lesson")} data-testid="lesson-new">
              {t("timetable.new")}
            </Button>
          )}
          <Button look="primary" icon={Repeat} onClick={() => setMaking("series")} data-testid="series-new">
            {t("timetable.series")}
          </Button>
        </>
      }
    >
      <div class="timetable-bar">
        <Choice
          bare
          label={t("timetable.by")}
          value={by}
          options={[
            { value: "group", label: t("unit.group") },
            { value: "teacher", label: t("role.teacher") },
          ]}
          onValue={value => go(value, "", monday)}
          testid="timetable-by"
        />
        <Select
          bare
          label={by === "group" ? t("unit.group") : t("role.teacher")}
          value={chosen}
          onValue={id => go(by, id, monday)}
          options={list.map(({ id, name }) => ({ value: id, label: name }))}
          data-testid="timetable-who"
        />
        <div class="row today-steps">
          <IconButton
            icon={ChevronLeft}
            label={t("today.week_before")}
            onClick={() => go(by, chosen, addDays(monday, -7))}
            data-testid="week-before"
          />
          <Button
            look="quiet"
            icon={CalendarDays}
            onClick={() => go(by, chosen, mondayOf(isoDay(new Date())))}
            data-testid="week-now"
          >
            {t("timetable.this_week")}
          </Button>
          <IconButton
            icon={ChevronRight}
            label={t("today.week_after")}
            onClick={() => go(by, chosen, addDays(monday, 7))}
            data-testid="week-after"
          />
        </div>
      </div>
      <Load of={choices} lines={2}>
        {() =>
          chosen === "" ? (
            <Empty
              icon={CalendarX}
              title={by === "group" ? t("timetable.no_groups") : t("timetable.no_teachers")}
            />
          ) : (
            <Load of={lessons} lines={5}>
              {found => (
                <WeekGrid monday={monday} lessons={found} onOpen={setOpened} showGroups={by === "teacher"} />
              )}
            </Load>
          )
        }
      </Load>
      {choices.data && making === "series" && (
        <SeriesDialog
          choices={choices.data}
          group={by === "group" ? chosen : ""}
          onClose={() => setMaking(undefined)}
          onDone={done}
        />
      )}
      {choices.data && (making === "lesson" || opened) && (
        <LessonDialog
          key={opened?.id ?? "new"}
          lesson={opened}
          choices={choices.data}
          group={by === "group" ? chosen : ""}
          day={monday > isoDay(new Date()) ? monday : isoDay(new Date())}
          onClose={() => {
            setMaking(undefined);
            setOpened(undefined);
          }}
          onDone={done}
        />
      )}
    </Page>
  );
}
