/** The questions with their answers. What is typed belongs to the answer book at once. */
import { useId } from "preact/hooks";
import { maybe, t } from "../i18n";
import { clock } from "../i18n/dates";
import { Button } from "../ui/Button";
import { TextArea } from "../ui/Field";
import { Note } from "../ui/Note";
import type { Draft } from "./answers";
import { useExam, useView } from "./context";
import { Files } from "./Files";
import type { Question } from "./types";

const LONGEST = 100_000;

export function Questions({ questions }: { questions: readonly Question[] }) {
  return (
    <ol class="exam-questions" role="list">
      {questions.map((question, index) => (
        <li key={question.id} id={`question-${question.id}`}>
          <One question={question} number={index + 1} />
        </li>
      ))}
    </ol>
  );
}

function One({ question, number }: { question: Question; number: number }) {
  const { answers } = useExam().room.attempt;
  const draft = answers.of(question.id);
  const { exam, answers: held } = useView();
  const files = held[question.id]?.files ?? [];
  // A rehearsal brings no texts: they are the page's, in the language now chosen.
  const text = question.text || (exam.rehearsal && maybe(`exam.try.${question.id}`)) || "";
  const words = text || t("exam.question", { number });
  return (
    <article
      class="exam-question stack-tight"
      data-testid="exam-question"
      data-question={question.id}
      data-kept={draft.kept}
    >
      <header class="row">
        <h3 class="grow">{t("exam.question", { number })}</h3>
        {question.points > 0 && (
          <span class="small muted">{t("exam.points", { count: question.points })}</span>
        )}
      </header>
      {text && (
        <p class="exam-question-text" dir="auto">
          {text}
        </p>
      )}
      {question.kind === "choice" || question.kind === "several" ? (
        <Options question={question} draft={draft} words={words} />
      ) : (
        question.kind === "text" && (
          <TextArea
            label={t("exam.answer_to", { number })}
            rows={6}
            maxLength={LONGEST}
            value={draft.text}
            onValue={text => answers.write(question.id, { text })}
            data-testid="exam-answer"
          />
        )
      )}
      {(question.kind === "text" || question.kind === "file") && (
        <Files question={question.id} files={files} />
      )}
      {draft.other && <Other question={question.id} draft={draft} />}
      <p class="small muted exam-kept" data-testid="exam-kept">
        {keptWords(draft)}
      </p>
    </article>
  );
}

export function keptWords(draft: Draft): string {
  if (draft.kept === "empty") return "";
  if (draft.n > draft.base) return t("exam.kept_here");
  return draft.saved ? t("exam.saved_at", { time: clock(draft.saved) }) : t("exam.saved");
}

function Options({ question, draft, words }: { question: Question; draft: Draft; words: string }) {
  const { answers } = useExam().room.attempt;
  const name = useId();
  const several = question.kind === "several";
  const pick = (index: number): void => {
    const rest = draft.choice.filter(one => one !== index);
    const choice = !several ? [index] : rest.length === draft.choice.length ? [...rest, index] : rest;
    answers.write(question.id, { choice: choice.sort((a, b) => a - b) });
  };
  return (
    <fieldset class="stack-tight">
      <legend class="hidden-text">{words}</legend>
      {several && <p class="small muted">{t("exam.several")}</p>}
      {question.options.map((option, index) => (
        <label key={index} class="check">
          <input
            type={several ? "checkbox" : "radio"}
            name={name}
            checked={draft.choice.includes(index)}
            onChange={() => pick(index)}
            data-testid="exam-option"
          />
          <span dir="auto">{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Two computers wrote: the server's text is in the field, this computer's is not lost. */
function Other({ question, draft }: { question: string; draft: Draft }) {
  const { answers } = useExam().room.attempt;
  return (
    <Note tone="warn" testid="exam-other">
      <p>{t("exam.other")}</p>
      <blockquote class="exam-other" dir="auto">
        {draft.other}
      </blockquote>
      <div class="row">
        <Button
          onClick={() => {
            answers.write(question, { text: `${draft.text}\n${draft.other}`.trim() });
            answers.forgetOther(question);
          }}
        >
          {t("exam.other_add")}
        </Button>
        <Button look="quiet" onClick={() => answers.forgetOther(question)}>
          {t("exam.other_drop")}
        </Button>
      </div>
    </Note>
  );
}
