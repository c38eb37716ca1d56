/** On the page of a lesson that did not go as planned: the teacher says why; others see what is known. */
import { useState } from "preact/hooks";
import { Send } from "lucide-preact";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import type { LessonView } from "../../api/types";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Log } from "../board/Log";
import type { LessonLog } from "../board/words";
import "../board/board.css";

export function Explanation({ lesson }: { lesson: LessonView }) {
  const path = `/lessons/${encodeURIComponent(lesson.id)}`;
  const log = useResource(signal => get<LessonLog>(`${path}/log`, {}, signal), [path, lesson.state]);
  const [text, setText] = useState("");
  const doing = useDoing();
  const found = log.data;
  if (!found || (!found.attention && found.lines.length === 0)) return null;
  const teaches = lesson.relation === "own" || lesson.relation === "assigned";
  const send = (): void =>
    void doing.run(async () => {
      await post(`${path}/explanation`, { text });
      setText("");
      log.reload();
    });
  return (
    <Card title={t("explain.title")} testid="explanation">
      {found.attention && (
        <Note tone="warn">
          {t(`board.word.${found.word}`)}
          {found.late > 0 && `, ${t("board.late", { count: found.late })}`}
          {found.early > 0 && `, ${t("board.early", { count: found.early })}`}
        </Note>
      )}
      <Log log={found} />
      {found.attention && teaches && (
        <>
          <TextArea
            label={t("explain.text")}
            hint={t("explain.hint")}
            value={text}
            onValue={setText}
            maxLength={1000}
            data-testid="explain-text"
          />
          {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
          <div class="row">
            <Button
              look="primary"
              icon={Send}
              busy={doing.busy}
              disabled={text.trim().length < 3}
              onClick={send}
              data-testid="explain-send"
            >
              {t("explain.send")}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}
