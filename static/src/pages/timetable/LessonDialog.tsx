/** One lesson: planned anew, changed, moved to another time, cancelled with a reason, put back. */
import { useState } from "preact/hooks";
import { CalendarX, ExternalLink, Trash2, Undo2 } from "lucide-preact";
import { patch, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import type { Clash, LessonView, Named } from "../../api/types";
import { t } from "../../i18n";
import { clock, isoDay, minutesBetween, momentOf } from "../../i18n/dates";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { emptyWhat, whatBody, WhatFields, type What, type WhatChoices } from "./fields";
import type { Choices } from "./Timetable";

interface Props {
  lesson: LessonView | undefined;
  choices: Choices;
  group: string;
  day: string;
  onClose: () => void;
  onDone: () => void;
}

type Saved = LessonView & { warnings: Clash[] };

function whatOf(lesson: LessonView): What {
  return {
    kind: lesson.kind === "trial" ? "lecture" : lesson.kind, // nobody plans a trial
    title: lesson.title === lesson.discipline?.name ? "" : lesson.title,
    discipline: lesson.discipline?.id ?? "",
    groups: lesson.groups.map(({ id }) => id),
    teachers: lesson.teachers.map(({ id }) => id),
  };
}

export function warn(warnings: readonly Clash[]): void {
  if (warnings.length > 0) toast(t("timetable.clashes", { count: warnings.length }), "fault");
}

export function LessonDialog({ lesson, choices, group, day: firstDay, onClose, onDone }: Props) {
  const [what, setWhat] = useState(lesson ? whatOf(lesson) : emptyWhat(group));
  const [day, setDay] = useState(lesson ? isoDay(new Date(lesson.starts)) : firstDay);
  const [starts, setStarts] = useState(lesson ? clock(lesson.starts) : "09:30");
  const [minutes, setMinutes] = useState(String(lesson ? minutesBetween(lesson.starts, lesson.ends) : 80));
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState<"cancel" | "delete">();
  const doing = useDoing();
  const path = `/lessons/${lesson?.id ?? ""}`;
  const editable = !lesson || lesson.may.edit;
  const cancelled = lesson?.state === "cancelled";

  const save = (): void =>
    void doing.run(async () => {
      const begin = momentOf(day, starts);
      const ends = new Date(Date.parse(begin) + Number(minutes) * 60_000).toISOString();
      const body = { ...whatBody(what), starts: begin, ends };
      const saved = lesson
        ? await patch<Saved>(path, changed(lesson, body))
        : await post<Saved>("/lessons", body);
      toast(t("done.saved"));
      warn(saved.warnings);
      onDone();
    });
  const setState = (state: "cancelled" | "planned"): void =>
    void doing.run(async () => {
      await patch(path, { state, ...(state === "cancelled" && { reason: reason.trim() }) });
      toast(state === "cancelled" ? t("timetable.was_cancelled") : t("timetable.was_restored"));
      onDone();
    });
  const erase = (): void =>
    void doing.run(async () => {
      setAsking(undefined);
      await remove(path);
      toast(t("structure.removed"));
      onDone();
    });

  const complete = day !== "" && /^\d\d:\d\d/.test(starts) && Number(minutes) > 0 && what.teachers.length > 0;
  return (
    <Dialog
      open
      wide
      title={lesson ? lesson.title || (lesson.discipline?.name ?? "") : t("timetable.new")}
      onClose={onClose}
      onSubmit={save}
      testid="lesson-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.close")}</Button>
          {editable && !cancelled && (
            <Button
              type="submit"
              look="primary"
              busy={doing.busy}
              disabled={!complete}
              data-testid="lesson-save"
            >
              {lesson ? t("action.save") : t("timetable.make_one")}
            </Button>
          )}
        </>
      }
    >
      {cancelled && <Badge tone="warn">{t("phase.cancelled")}</Badge>}
      <fieldset class="stack" disabled={!editable || cancelled}>
        <div class="when-grid">
          <Field
            label={t("timetable.day")}
            type="date"
            value={day}
            onValue={setDay}
            data-testid="lesson-day"
          />
          <Field
            label={t("timetable.starts")}
            type="time"
            value={starts}
            onValue={setStarts}
            data-testid="lesson-starts"
          />
          <Field
            label={t("timetable.minutes")}
            type="number"
            min={5}
            max={720}
            value={minutes}
            onValue={setMinutes}
            data-testid="lesson-minutes"
          />
        </div>
        <WhatFields what={what} choices={withOwn(choices, lesson)} onValue={setWhat} />
      </fieldset>
      {doing.error !== undefined && (
        <Note tone="danger" testid="lesson-error">
          {explain(doing.error)}
        </Note>
      )}
      {lesson && (
        <div class="row row-section">
          <ButtonLink look="quiet" icon={ExternalLink} href={`/lessons/${lesson.id}`}>
            {t("timetable.page")}
          </ButtonLink>
          {editable &&
            (cancelled ? (
              <Button
                icon={Undo2}
                busy={doing.busy}
                onClick={() => setState("planned")}
                data-testid="lesson-restore"
              >
                {t("timetable.restore")}
              </Button>
            ) : (
              <Button icon={CalendarX} onClick={() => setAsking("cancel")} data-testid="lesson-cancel">
                {t("timetable.cancel")}
              </Button>
            ))}
          {may("lesson.delete") && (
            <Button
              look="quiet"
              icon={Trash2}
              onClick={() => setAsking("delete")}
              data-testid="lesson-delete"
            >
              {t("action.delete")}
            </Button>
          )}
        </div>
      )}
      <Confirm
        open={asking === "cancel"}
        title={t("timetable.cancel_title")}
        words={
          <>
            <p>{t("timetable.cancel_words")}</p>
            <Field
              label={t("timetable.reason")}
              value={reason}
              onValue={setReason}
              maxLength={500}
              data-testid="lesson-reason"
            />
          </>
        }
        action={t("timetable.cancel")}
        busy={doing.busy}
        onYes={() => {
          setAsking(undefined);
          setState("cancelled");
        }}
        onClose={() => setAsking(undefined)}
      />
      <Confirm
        open={asking === "delete"}
        title={t("structure.remove_title")}
        words={<p>{t("timetable.delete_words")}</p>}
        action={t("action.delete")}
        onYes={erase}
        onClose={() => setAsking(undefined)}
      />
    </Dialog>
  );
}

/** The choices with the lesson's own people and units, should they lie outside of what one may search. */
function withOwn(choices: Choices, lesson: LessonView | undefined): WhatChoices {
  const add = (list: readonly Named[], own: readonly Named[]): Named[] => [
    ...list,
    ...own.filter(({ id }) => !list.some(item => item.id === id)),
  ];
  return {
    groups: add(choices.groups, lesson?.groups ?? []),
    teachers: add(choices.teachers, lesson?.teachers ?? []),
    disciplines: add(choices.disciplines, lesson?.discipline ? [lesson.discipline] : []),
  };
}

/** Only what differs: the server keeps some fields of a lesson that was held, and refuses their change. */
export function changed(
  lesson: LessonView,
  body: ReturnType<typeof whatBody> & { starts: string; ends: string },
): Partial<typeof body> {
  const before = { ...whatBody(whatOf(lesson)), starts: lesson.starts, ends: lesson.ends };
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(body) as (keyof typeof body)[]) {
    const same =
      key === "starts" || key === "ends"
        ? Date.parse(body[key]) === Date.parse(before[key])
        : JSON.stringify(body[key]) === JSON.stringify(before[key]);
    if (!same) out[key] = body[key];
  }
  return out as Partial<typeof body>;
}
