/**
 * A lesson before the class: what, when, who, its state, the way in, and for those who may invite, the
 * guest links. The class itself is another page (`src/class/`).
 */
import {
  CalendarClock,
  Clapperboard,
  ClipboardList,
  GraduationCap,
  MonitorCheck,
  MonitorSmartphone,
  Play,
  UsersRound,
  Video,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import type { LessonView } from "../../api/types";
import { t } from "../../i18n";
import { clock, dayAndTime, isoDay, longDay } from "../../i18n/dates";
import { ButtonLink, type Icon } from "../../ui/Button";
import { useNow } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { names, PhaseBadge } from "../today/LessonCard";
import { phaseOf } from "../today/timing";
import { may } from "../../state/me";
import { SheetCard } from "../journal/SheetCard";
import { DeckList } from "../../class/slides/Later";
import { Explanation } from "./Explanation";
import { Guests } from "./Guests";
import { TalkCard } from "./TalkCard";
import "./lesson.css";

export default function Lesson({ id }: { id: string }) {
  const lesson = useResource(
    signal => get<LessonView>(`/lessons/${encodeURIComponent(id)}`, {}, signal),
    [id],
  );
  const title = lesson.data?.title || lesson.data?.discipline?.name || t("lesson.page");
  return (
    <Page narrow title={title} lead={lesson.data && t(`kind.${lesson.data.kind}`)} testid="lesson">
      <Load of={lesson}>{found => <Details lesson={found} />}</Load>
    </Page>
  );
}

function Details({ lesson }: { lesson: LessonView }) {
  const now = useNow(15_000);
  const phase = phaseOf(lesson, now);
  const over = phase === "over" || phase === "cancelled";
  return (
    <>
      <Card>
        <div class="row">
          <PhaseBadge lesson={lesson} now={now} />
        </div>
        <dl class="facts">
          <Fact icon={CalendarClock} name={t("lesson.when")}>
            {longDay(isoDay(new Date(lesson.starts)))}, {clock(lesson.starts)}-{clock(lesson.ends)}
          </Fact>
          <Fact icon={GraduationCap} name={t("lesson.teachers")}>
            {names(lesson.teachers)}
          </Fact>
          {lesson.groups.length > 0 && (
            <Fact icon={UsersRound} name={t("lesson.groups")}>
              {names(lesson.groups)}
            </Fact>
          )}
        </dl>
        {!over && (lesson.may.join || lesson.may.open) && (
          <>
            <div class="row">
              {lesson.may.open && phase !== "live" ? (
                <ButtonLink
                  href={`/lessons/${lesson.id}/class`}
                  look="primary"
                  icon={Play}
                  data-testid="lesson-open"
                >
                  {t("lesson.open")}
                </ButtonLink>
              ) : (
                <ButtonLink
                  href={`/lessons/${lesson.id}/class`}
                  look="primary"
                  icon={Video}
                  data-testid="lesson-join"
                >
                  {phase === "later" ? t("lesson.check") : t("lesson.join")}
                </ButtonLink>
              )}
            </div>
            <p class="muted small lesson-hint">
              <MonitorSmartphone size={18} aria-hidden />
              {t("lesson.hint")}
            </p>
          </>
        )}
        {lesson.may.join && started(lesson) && (
          <div class="row">
            <ButtonLink
              href={`/lessons/${lesson.id}/recording`}
              icon={Clapperboard}
              data-testid="lesson-recording"
            >
              {t("playback.open")}
            </ButtonLink>
          </div>
        )}
        {lesson.kind === "exam" && lesson.relation !== "enrolled" && (
          <div class="row">
            {may("exam.watch") && (
              <ButtonLink href={`/exams/${lesson.id}/wall`} icon={MonitorCheck} data-testid="lesson-wall">
                {t("lesson.exam_wall")}
              </ButtonLink>
            )}
            {may("exam.staff") && (
              <ButtonLink href={`/exams/${lesson.id}/plan`} icon={ClipboardList} data-testid="lesson-plan">
                {t("lesson.exam_plan")}
              </ButtonLink>
            )}
          </div>
        )}
        {phase === "cancelled" && <Note>{t("lesson.cancelled")}</Note>}
        {phase === "over" && <Note>{t("lesson.over", { time: dayAndTime(lesson.ends) })}</Note>}
      </Card>
      {showsSlides(lesson) && phase !== "cancelled" && (
        <Card title={t("slides.title")} testid="lesson-slides">
          <DeckList lesson={lesson.id} owns={lesson.may.open} />
        </Card>
      )}
      {may("board.lesson") && lesson.relation !== "enrolled" && <Explanation lesson={lesson} />}
      {started(lesson) && <TalkCard lesson={lesson.id} />}
      {lesson.may.invite && !over && <Guests lesson={lesson} />}
      {may("attendance.read") && lesson.relation !== "enrolled" && started(lesson) && (
        <SheetCard lesson={lesson.id} />
      )}
    </>
  );
}

/** Nobody shows anything in an exam. */
function showsSlides(lesson: LessonView): boolean {
  return lesson.kind !== "exam" && (lesson.may.open || (lesson.may.join && started(lesson)));
}

function started({ state }: LessonView): boolean {
  return state === "open" || state === "closed";
}

function Fact({ icon: Picture, name, children }: { icon: Icon; name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>
        <Picture size={20} aria-hidden />
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
