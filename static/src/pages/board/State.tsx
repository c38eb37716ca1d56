/** How a lesson stands: the word with its picture, and the minutes and reasons that go with it. */
import { t } from "../../i18n";
import { clock, shortDay } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { LOOKS, type BoardLesson } from "./words";

export function State({ lesson }: { lesson: BoardLesson }) {
  const [tone, icon] = LOOKS[lesson.word];
  const { was } = lesson;
  return (
    <span class="board-state" data-testid="board-state" data-word={lesson.word} data-lesson={lesson.id}>
      <Badge tone={tone} icon={icon}>
        {t(`board.word.${lesson.word}`)}
      </Badge>
      {lesson.late > 0 && <span class="muted">{t("board.late", { count: lesson.late })}</span>}
      {lesson.early > 0 && <span class="muted">{t("board.early", { count: lesson.early })}</span>}
      {lesson.word === "moved_away" && (
        <span class="muted">{t("board.moved_to", { at: moment(lesson.starts) })}</span>
      )}
      {was && lesson.word !== "moved_away" && (
        <span class="muted" data-testid="board-moved">
          {t("board.moved_from", { at: moment(was) })}
        </span>
      )}
      {lesson.reason && <span class="muted">{lesson.reason}</span>}
      {lesson.said.includes("explained") && <Badge tone="accent">{t("board.explained")}</Badge>}
    </span>
  );
}

export function moment(at: string): string {
  return `${shortDay(at)} ${clock(at)}`;
}
