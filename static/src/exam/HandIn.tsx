/** Before handing in: what is answered and what is not, and one confirmation. The time goes on meanwhile. */
import { ArrowLeft, Check, Circle } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { move } from "./api";
import { useExam, useView } from "./context";
import type { AnswerBook } from "./answers";
import type { AttemptView } from "./types";

/** Questions without text, choice or file, by their place in the list from 1. */
export function unanswered(view: AttemptView, answers: Pick<AnswerBook, "of">): number[] {
  return view.questions.flatMap(({ id }, index) => {
    const draft = answers.of(id);
    const files = view.answers[id]?.files.length ?? 0;
    return draft.text.trim() || draft.choice.length > 0 || files > 0 ? [] : [index + 1];
  });
}

export function HandIn() {
  const { room, handing } = useExam();
  const { attempt } = room;
  const view = useView();
  const heading = useRef<HTMLHeadingElement>(null);
  const [sure, setSure] = useState(false);
  const doing = useDoing();
  useEffect(() => heading.current?.focus(), []);
  const missing = new Set(unanswered(view, attempt.answers));
  const back = (): void => {
    handing.value = false;
  };
  const hand = (): void =>
    void doing.run(async () => {
      await attempt.answers.flush();
      await attempt.act(() => move(attempt.exam, attempt.tab, "submit"));
      handing.value = false;
    });
  return (
    <section class="exam-calm stack" data-testid="exam-summary">
      <h2 ref={heading} tabIndex={-1}>
        {t("exam.summary")}
      </h2>
      <p>
        {missing.size > 0
          ? t("exam.unanswered", { count: missing.size, list: [...missing].join(", ") })
          : t("exam.all_answered")}
      </p>
      <ul class="exam-dots" role="list">
        {view.questions.map((question, index) => {
          const open = missing.has(index + 1);
          return (
            <li key={question.id} class={open ? "exam-dot exam-dot-open" : "exam-dot"} data-open={open}>
              {open ? <Circle size={16} aria-hidden /> : <Check size={16} aria-hidden />}
              {index + 1}
              <span class="hidden-text">{open ? t("exam.dot_open") : t("exam.dot_done")}</span>
            </li>
          );
        })}
      </ul>
      {attempt.answers.unsent && <Note>{t("exam.unsent")}</Note>}
      <label class="check">
        <input
          type="checkbox"
          checked={sure}
          onChange={event => setSure(event.currentTarget.checked)}
          data-testid="exam-sure"
        />
        <span>{t("exam.sure")}</span>
      </label>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button icon={ArrowLeft} onClick={back} data-testid="exam-go-back">
          {t("exam.go_back")}
        </Button>
        <Button
          look="primary"
          disabled={!sure || attempt.answers.unsent}
          busy={doing.busy}
          onClick={hand}
          data-testid="exam-submit"
        >
          {t("exam.submit")}
        </Button>
      </div>
    </section>
  );
}
