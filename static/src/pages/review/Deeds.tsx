/** The steps that one may take in a case; each says what it means before it is taken. */
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Choice, Field, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";

export type Take = (step: string, body?: Record<string, string>) => Promise<void>;
const SHORTEST = 3; // characters, as the server has it

/** A step without words of its own: telling the student, signing. */
export function Plain({ step, words, take }: { step: "notice" | "sign"; words: string; take: Take }) {
  const doing = useDoing();
  return (
    <div class="stack-tight">
      <p>{words}</p>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          look="primary"
          busy={doing.busy}
          onClick={() => void doing.run(() => take(step))}
          data-testid={`review-${step}`}
        >
          {t(`review.step.${step}_do`)}
        </Button>
      </div>
    </div>
  );
}

interface ChosenProps {
  step: "finding" | "appeal";
  legend: string;
  options: readonly { value: string; label: string }[];
  action: string;
  take: Take;
}

/** A step that chooses one of two and gives grounds. Nothing is chosen beforehand. */
export function Chosen({ step, legend, options, action, take }: ChosenProps) {
  const [value, setValue] = useState("");
  const [note, setNote] = useState("");
  const doing = useDoing();
  const ready = value !== "" && note.trim().length >= SHORTEST;
  const key = step === "finding" ? "finding" : "result";
  return (
    <form
      class="stack-tight"
      onSubmit={event => {
        event.preventDefault();
        if (ready) void doing.run(() => take(step, { [key]: value, note: note.trim() }));
      }}
    >
      <Choice
        label={legend}
        value={value}
        options={options}
        onValue={setValue}
        testid={`review-${step}-choice`}
      />
      <TextArea
        label={t("review.finding_note")}
        value={note}
        onValue={setNote}
        maxLength={10_000}
        data-testid={`review-${step}-note`}
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          type="submit"
          look="primary"
          busy={doing.busy}
          disabled={!ready}
          data-testid={`review-${step}-save`}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}

export function MeasureForm({ take }: { take: Take }) {
  const [body, setBody] = useState("");
  const [measure, setMeasure] = useState("");
  const [reference, setReference] = useState("");
  const doing = useDoing();
  const ready = body.trim().length > 1 && measure.trim().length > 1;
  return (
    <form
      class="stack-tight"
      onSubmit={event => {
        event.preventDefault();
        const said = { body: body.trim(), measure: measure.trim(), reference: reference.trim() };
        if (ready) void doing.run(() => take("measure", said));
      }}
    >
      <Field
        label={t("review.measure_body")}
        value={body}
        onValue={setBody}
        maxLength={200}
        data-testid="review-measure-body"
      />
      <Field
        label={t("review.measure_what")}
        value={measure}
        onValue={setMeasure}
        maxLength={500}
        data-testid="review-measure-what"
      />
      <Field
        label={t("review.measure_reference")}
        value={reference}
        onValue={setReference}
        maxLength={200}
        data-testid="review-measure-reference"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div>
        <Button
          type="submit"
          look="primary"
          busy={doing.busy}
          disabled={!ready}
          data-testid="review-measure-save"
        >
          {t("review.measure_do")}
        </Button>
      </div>
    </form>
  );
}
