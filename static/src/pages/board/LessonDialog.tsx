/** One lesson of the board: what is known, a note, the talon, and a visit with its reason. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Eye, FileText, StickyNote } from "lucide-preact";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { may } from "../../state/me";
import { Button, ButtonLink } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Load } from "../../ui/States";
import { remember } from "../../class/visited";
import { Log } from "./Log";
import { State } from "./State";
import type { BoardLesson, LessonLog } from "./words";

export function LessonDialog({ lesson, onClose }: { lesson: BoardLesson; onClose: () => void }) {
  const path = `/lessons/${encodeURIComponent(lesson.id)}`;
  const log = useResource(signal => get<LessonLog>(`${path}/log`, {}, signal), [path]);
  const { route } = useLocation();
  const [text, setText] = useState("");
  const doing = useDoing();
  const ready = text.trim().length >= 3;
  const note = (): void =>
    void doing.run(async () => {
      await post(`${path}/notes`, { text });
      setText("");
      log.reload();
    });
  const visit = (): void =>
    void doing.run(async () => {
      await post(`${path}/visits`, { reason: text });
      remember(lesson.id);
      route(`${path}/class`);
    });
  const open = lesson.word === "running" || lesson.word === "teacher_away";
  return (
    <Dialog
      open
      wide
      title={lesson.title || lesson.discipline}
      onClose={onClose}
      testid="board-dialog"
      foot={
        <>
          <ButtonLink icon={FileText} href={`/api/v1${path}/talon`} download data-testid="board-talon">
            {t("board.talon")}
          </ButtonLink>
          {may("board.note") && (
            <Button
              icon={StickyNote}
              busy={doing.busy}
              disabled={!ready}
              onClick={note}
              data-testid="board-note"
            >
              {t("board.note")}
            </Button>
          )}
          {may("lesson.visit") && open && (
            <Button
              look="primary"
              icon={Eye}
              busy={doing.busy}
              disabled={!ready}
              onClick={visit}
              data-testid="board-visit"
            >
              {t("board.visit")}
            </Button>
          )}
        </>
      }
    >
      <p class="muted">
        {clock(lesson.starts)}–{clock(lesson.ends)}, {lesson.groups.join(", ")}, {lesson.teachers.join(", ")}
      </p>
      <State lesson={lesson} />
      <Load of={log} lines={2}>
        {found => <Log log={found} />}
      </Load>
      <TextArea
        label={t(open ? "board.text_or_reason" : "board.text")}
        value={text}
        onValue={setText}
        maxLength={500}
        data-testid="board-text"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
