/**
 * One line of the timetable: a weekday and a time over a semester, every week or only odd or even ones.
 * What it will make is shown before; what it made, with holidays left out and overlaps, after.
 */
import { useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { Clash, HolidayView, ListOf, SemesterView, SeriesMade } from "../../api/types";
import { t } from "../../i18n";
import { capital, dayAndTime, dayMonth, isoDay, weekdayName } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice, Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { emptyWhat, whatBody, WhatFields } from "./fields";
import { preview, type Weeks } from "./preview";
import type { Choices } from "./Timetable";

interface Props {
  choices: Choices;
  group: string;
  onClose: () => void;
  onDone: () => void;
}

const WEEKS: readonly Weeks[] = ["every", "odd", "even"];

export function SeriesDialog({ choices, group, onClose, onDone }: Props) {
  const calendar = useResource(async signal => {
    const [terms, holidays] = await Promise.all([
      get<ListOf<SemesterView>>("/semesters", {}, signal),
      all<HolidayView>("/holidays", {}, signal),
    ]);
    return { terms: terms.items, holidays };
  }, []);
  const today = isoDay(new Date());
  const term = calendar.data?.terms.find(({ ends }) => ends >= today);
  const [what, setWhat] = useState(() => emptyWhat(group));
  const [weekday, setWeekday] = useState("1");
  const [starts, setStarts] = useState("09:30");
  const [minutes, setMinutes] = useState("80");
  const [weeks, setWeeks] = useState<Weeks>("every");
  const [ownFrom, setFrom] = useState<string>();
  const [ownUntil, setUntil] = useState<string>();
  const [made, setMade] = useState<SeriesMade>();
  const doing = useDoing();
  const from = ownFrom ?? (term && term.starts > today ? term.starts : today);
  const until = ownUntil ?? term?.ends ?? today;
  const days = preview(
    { weekday: Number(weekday), from, until, weeks },
    calendar.data?.terms ?? [],
    (calendar.data?.holidays ?? []).map(({ day }) => day),
  );
  const make = (): void =>
    void doing.run(async () => {
      setMade(
        await post<SeriesMade>("/timetable", {
          ...whatBody(what),
          weekday: Number(weekday),
          starts,
          minutes: Number(minutes),
          from,
          until,
          weeks,
        }),
      );
    });
  if (made) return <Made made={made} choices={choices} onDone={onDone} />;
  const complete = "days" in days && days.days.length > 0 && what.teachers.length > 0 && Number(minutes) > 0;
  return (
    <Dialog
      open
      wide
      title={t("timetable.series")}
      onClose={onClose}
      onSubmit={make}
      testid="series-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="primary"
            busy={doing.busy}
            disabled={!complete}
            data-testid="series-make"
          >
            {"days" in days
              ? t("timetable.make", { count: days.days.length })
              : t("timetable.make", { count: 0 })}
          </Button>
        </>
      }
    >
      <div class="when-grid">
        <Select
          label={t("timetable.weekday")}
          value={weekday}
          onValue={setWeekday}
          options={Array.from({ length: 7 }, (_, index) => ({
            value: String(index + 1),
            label: capital(weekdayName((index + 1) % 7, "long")),
          }))}
          data-testid="series-weekday"
        />
        <Field
          label={t("timetable.starts")}
          type="time"
          value={starts}
          onValue={setStarts}
          data-testid="series-starts"
        />
        <Field
          label={t("timetable.minutes")}
          type="number"
          min={5}
          max={720}
          value={minutes}
          onValue={setMinutes}
          data-testid="series-minutes"
        />
        <Field
          label={t("timetable.from")}
          type="date"
          value={from}
          onValue={setFrom}
          data-testid="series-from"
        />
        <Field
          label={t("timetable.until")}
          type="date"
          value={until}
          onValue={setUntil}
          data-testid="series-until"
        />
      </div>
      <Choice
        label={t("timetable.weeks")}
        value={weeks}
        onValue={value => setWeeks(value as Weeks)}
        options={WEEKS.map(value => ({ value, label: t(`timetable.weeks_${value}`) }))}
        testid="series-weeks"
      />
      <WhatFields what={what} choices={choices} onValue={setWhat} />
      <section class="form-section" aria-live="polite">
        <h3>{t("timetable.preview")}</h3>
        {"fault" in days ? (
          <Note tone="warn">{t(`timetable.fault_${days.fault}`)}</Note>
        ) : days.days.length === 0 ? (
          <p class="muted">{t("timetable.no_days")}</p>
        ) : (
          <>
            <p>
              {t("timetable.lessons", { count: days.days.length })}
              {days.skipped.length > 0 && ` · ${t("timetable.skipped", { count: days.skipped.length })}`}
            </p>
            <ul class="days-preview numbers" role="list" data-testid="series-preview">
              {[...days.days, ...days.skipped].sort().map(day => (
                <li key={day} class={days.skipped.includes(day) ? "day-off" : undefined}>
                  {dayMonth(day)}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      {doing.error !== undefined && (
        <Note tone="danger" testid="series-error">
          {explain(doing.error)}
        </Note>
      )}
    </Dialog>
  );
}

function Made({ made, choices, onDone }: { made: SeriesMade; choices: Choices; onDone: () => void }) {
  const who = ({ who: id }: Clash): string =>
    [...choices.teachers, ...choices.groups].find(item => item.id === id)?.name ?? "";
  return (
    <Dialog
      open
      title={t("timetable.made")}
      onClose={onDone}
      testid="series-made"
      foot={
        <Button look="primary" onClick={onDone}>
          {t("action.close")}
        </Button>
      }
    >
      <Note tone="good">{t("timetable.made_words", { count: made.lessons.length })}</Note>
      {made.skipped.length > 0 && (
        <p>
          {t("timetable.skipped", { count: made.skipped.length })}:{" "}
          {made.skipped.map(day => dayMonth(day)).join(", ")}
        </p>
      )}
      {made.warnings.length > 0 && (
        <Note tone="warn">
          <p>{t("timetable.clashes", { count: made.warnings.length })}</p>
          <ul class="clashes">
            {made.warnings.map(clash => (
              <li key={`${clash.lesson} ${clash.other} ${clash.who}`}>
                {dayAndTime(clash.starts)}: {who(clash)}
              </li>
            ))}
          </ul>
        </Note>
      )}
    </Dialog>
  );
}
