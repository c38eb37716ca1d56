/**
 * The first two steps: the rules in short with the way to all of them, and, apart from them, the consent to
 * work with the picture of one's face. Who does not give it has a way out that costs nothing.
 */
import { explain } from "../api/explain";
import { t } from "../i18n";
import { Button } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { takeStep } from "./api";
import { useExam, useView } from "./context";
import { SeatWords } from "./Still";
import type { StepName } from "./types";

function useStep(): {
  take: (step: StepName, value: string) => void;
  busy: boolean;
  fault: string;
} {
  const { attempt } = useExam().room;
  const doing = useDoing();
  return {
    take: (step, value) =>
      void doing.run(() => attempt.act(() => takeStep(attempt.exam, attempt.tab, step, value))),
    busy: doing.busy,
    fault: doing.error === undefined ? "" : explain(doing.error),
  };
}

export function Rules() {
  const { exam, rules } = useView();
  const step = useStep();
  const aids = [...new Set([...(rules?.aids ?? []), ...exam.aids])];
  return (
    <>
      {exam.rehearsal && <p>{t("exam.rules.rehearsal")}</p>}
      <ul class="plain-words">
        <li>{t("exam.rules.minutes", { count: exam.minutes + exam.extra })}</li>
        <li>{rules?.sound ? t("exam.rules.recorded_sound") : t("exam.rules.recorded")}</li>
        <li>{t("exam.rules.person")}</li>
        {rules && rules.breaks > 0 ? (
          <li>{t("exam.rules.breaks", { count: rules.breaks, minutes: rules.break_minutes })}</li>
        ) : (
          <li>{t("exam.rules.no_breaks")}</li>
        )}
        <li>{aids.length > 0 ? t("exam.rules.aids", { list: aids.join(", ") }) : t("exam.rules.no_aids")}</li>
        <li>{t("exam.rules.link")}</li>
        {rules && <li>{t("exam.rules.kept", { count: rules.keep_days })}</li>}
      </ul>
      <p>
        <a href={`/exams/${encodeURIComponent(exam.id)}/rules`} target="_blank" rel="noopener">
          {t("exam.rules.all")}
        </a>
      </p>
      {step.fault && <Note tone="danger">{step.fault}</Note>}
      <div>
        <Button
          look="primary"
          busy={step.busy}
          onClick={() => step.take("rules", "read")}
          data-testid="exam-rules-accept"
        >
          {t("exam.rules.accept")}
        </Button>
      </div>
    </>
  );
}

export function Biometrics() {
  const { steps, place } = useView();
  const step = useStep();
  const declined = steps.biometrics === "no";
  return (
    <>
      <p>{t("exam.bio.what")}</p>
      <p>{t("exam.bio.free")}</p>
      {declined && (
        <Note testid="exam-bio-declined">
          {place === "class" ? <SeatWords /> : <p>{t("exam.bio.declined")}</p>}
        </Note>
      )}
      {step.fault && <Note tone="danger">{step.fault}</Note>}
      <div class="row">
        <Button
          look="primary"
          busy={step.busy}
          onClick={() => step.take("biometrics", "yes")}
          data-testid="exam-bio-yes"
        >
          {t("exam.bio.yes")}
        </Button>
        {!declined && (
          <Button busy={step.busy} onClick={() => step.take("biometrics", "no")} data-testid="exam-bio-no">
            {t("exam.bio.no")}
          </Button>
        )}
      </div>
    </>
  );
}
