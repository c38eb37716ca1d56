/** One lesson as a card on the day's rail: time, what, who, its state in a word, and the way in. */
import { Ban, Check, Clock, GraduationCap, Play, Radio, UsersRound, Video } from "lucide-preact";
import type { LessonView } from "../../api/types";
import { clock, minutesBetween } from "../../i18n/dates";
import { t } from "../../i18n";
import { Badge, type Tone } from "../../ui/Badge";
import { ButtonLink, type Icon } from "../../ui/Button";
import { isAtHand, phaseOf, type Phase } from "./timing";

const LOOKS: Record<Phase, [Tone, Icon]> = {
  live: ["good", Radio],
  late: ["warn", Clock],
  soon: ["accent", Clock],
  later: ["plain", Clock],
  over: ["plain", Check],
  cancelled: ["plain", Ban],
};

export function PhaseBadge({ lesson, now }: { lesson: LessonView; now: number }) {
  const phase = phaseOf(lesson, now);
  const [tone, icon] = LOOKS[phase];
  const words =
    phase === "soon"
      ? t("phase.soon_in", { count: minutesBetween(now, lesson.starts) })
      : t(`phase.${phase}`);
  return (
    <Badge tone={tone} icon={icon} testid="lesson-state">
      {words}
    </Badge>
  );
}

export function names(list: readonly { name: string }[]): string {
  return list.map(item => item.name).join(", ");
}

export function LessonCard({ lesson, now, level = 2 }: { lesson: LessonView; now: number; level?: 2 | 3 }) {
  const phase = phaseOf(lesson, now);
  const Heading = level === 2 ? "h2" : "h3";
  const classPath = `/lessons/${lesson.id}/class`;
  return (
    <article
      class={`lesson lesson-${phase}`}
      data-testid="lesson-card"
      data-lesson={lesson.id}
      data-phase={phase}
    >
      <p class="lesson-time numbers">
        <time dateTime={lesson.starts}>{clock(lesson.starts)}</time>
        <span class="lesson-until">
          <span class="hidden-text">-</span>
          <time dateTime={lesson.ends}>{clock(lesson.ends)}</time>
        </span>
      </p>
      <div class="lesson-body">
        <div class="row lesson-marks">
          <span class="lesson-kind">{t(`kind.${lesson.kind}`)}</span>
          {phase !== "later" && <PhaseBadge lesson={lesson} now={now} />}
        </div>
        <Heading class="lesson-title">
          <a href={`/lessons/${lesson.id}`} data-testid="lesson-details">
            {lesson.title || lesson.discipline?.name}
          </a>
        </Heading>
        <p class="lesson-facts muted">
          {lesson.teachers.length > 0 && (
            <span>
              <GraduationCap size={18} aria-hidden />
              <span class="hidden-text">{t("lesson.teachers")}: </span>
              {names(lesson.teachers)}
            </span>
          )}
          {lesson.groups.length > 0 && (
            <span>
              <UsersRound size={18} aria-hidden />
              <span class="hidden-text">{t("lesson.groups")}: </span>
              {names(lesson.groups)}
            </span>
          )}
        </p>
      </div>
      {isAtHand(phase) && (lesson.may.open || lesson.may.join) && (
        <div class="lesson-way">
          {lesson.may.open && phase !== "live" ? (
            <ButtonLink href={classPath} look="primary" icon={Play} data-testid="lesson-open">
              {t("lesson.open")}
            </ButtonLink>
          ) : (
            <ButtonLink
              href={classPath}
              look={phase === "live" ? "primary" : "plain"}
              icon={Video}
              data-testid="lesson-join"
            >
              {t("lesson.join")}
            </ButtonLink>
          )}
        </div>
      )}
    </article>
  );
}
