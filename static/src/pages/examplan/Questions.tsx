/** The questions of an exam, in order: text, kind, choices, points. Added, moved, taken out by hand. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Question, QuestionKind } from "../../exam/types";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { Select, TextArea } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { moved, newId, problemOf } from "./plan";
import { Amount } from "./RulesEditor";

const KINDS: readonly QuestionKind[] = ["text", "choice", "several", "file"];

interface Props {
  questions: Question[];
  edit: boolean;
  onValue: (questions: Question[]) => void;
}

export function Questions({ questions, edit, onValue }: Props) {
  const change = (index: number, part: Partial<Question>): void =>
    onValue(questions.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const points = questions.reduce((sum, one) => sum + one.points, 0);
  return (
    <fieldset class="stack" disabled={!edit} data-testid="examplan-questions">
      {questions.length === 0 && <Note>{t("examplan.no_questions")}</Note>}
      {questions.map((question, index) => (
        <Card
          key={question.id}
          title={t("examplan.question", { n: index + 1 })}
          testid="examplan-question"
          actions={
            <span class="row">
              <IconButton
                icon={ArrowUp}
                label={t("examplan.up")}
                disabled={index === 0}
                onClick={() => onValue(moved(questions, index, -1))}
              />
              <IconButton
                icon={ArrowDown}
                label={t("examplan.down")}
                disabled={index === questions.length - 1}
                onClick={() => onValue(moved(questions, index, 1))}
              />
              <IconButton
                icon={Trash2}
                label={t("examplan.remove")}
                onClick={() => onValue(questions.filter(one => one !== question))}
                data-testid="examplan-remove"
              />
            </span>
          }
        >
          <One question={question} onValue={part => change(index, part)} />
        </Card>
      ))}
      <div class="row">
        <Button
          icon={Plus}
          onClick={() =>
            onValue([...questions, { id: newId(questions), text: "", kind: "text", options: [], points: 1 }])
          }
          data-testid="examplan-add"
        >
          {t("examplan.add")}
        </Button>
        <span class="muted numbers">{t("examplan.points_all", { n: points })}</span>
      </div>
    </fieldset>
  );
}

function One({ question, onValue }: { question: Question; onValue: (part: Partial<Question>) => void }) {
  const [options, setOptions] = useState(question.options.join("\n"));
  const problem = problemOf(question);
  const choice = question.kind === "choice" || question.kind === "several";
  return (
    <>
      <TextArea
        label={t("examplan.text")}
        value={question.text}
        onValue={text => onValue({ text })}
        maxLength={4000}
        error={problem === "text" ? t("examplan.problem_text") : undefined}
        data-testid="examplan-text"
      />
      <div class="plan-grid">
        <Select
          label={t("examplan.kind")}
          value={question.kind}
          options={KINDS.map(value => ({ value, label: t(`examplan.kind_${value}`) }))}
          onValue={kind => onValue({ kind: kind as QuestionKind })}
          data-testid="examplan-kind"
        />
        <Amount
          label={t("examplan.points")}
          value={question.points}
          most={1000}
          onValue={points => onValue({ points })}
          testid="examplan-points"
        />
      </div>
      {choice && (
        <TextArea
          label={t("examplan.options")}
          hint={t("examplan.one_a_line")}
          value={options}
          onValue={text => {
            setOptions(text);
            onValue({
              options: text
                .split("\n")
                .map(line => line.trim())
                .filter(Boolean),
            });
          }}
          error={problem === "options" ? t("examplan.problem_options") : undefined}
          data-testid="examplan-options"
        />
      )}
    </>
  );
}
