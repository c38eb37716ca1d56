/** What people said and decided, the same for the commission and the student. */
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import type { Appeal, Finding, Measure, Statement } from "./types";

export function Quote({ said }: { said: Statement }) {
  return (
    <figure class="stack-tight">
      <blockquote class="rv-quote" dir="auto">
        {said.text}
      </blockquote>
      <figcaption class="muted small">{dayAndTime(said.at)}</figcaption>
    </figure>
  );
}

export function FindingWords({ finding }: { finding: Finding }) {
  return (
    <div class="stack-tight" data-testid="review-found" data-finding={finding.finding}>
      <p>
        <strong>{t(`review.finding.${finding.finding}`)}</strong>
      </p>
      <blockquote class="rv-quote" dir="auto">
        {finding.note}
      </blockquote>
      <p class="muted small">
        {finding.name}, {dayAndTime(finding.at)}
      </p>
    </div>
  );
}

export function MeasureWords({ measure }: { measure: Measure }) {
  return (
    <div class="stack-tight" data-testid="review-measured">
      <p dir="auto">
        <strong>{measure.measure}</strong>
      </p>
      <p class="muted small">
        {[measure.body, measure.reference, dayAndTime(measure.at)].filter(Boolean).join(", ")}
      </p>
    </div>
  );
}

export function AppealWords({ appeal }: { appeal: Appeal }) {
  const { decided } = appeal;
  return (
    <div class="stack-tight">
      <Quote said={appeal} />
      {decided && (
        <div class="stack-tight" data-testid="review-decided" data-result={decided.result}>
          <p>
            <strong>{t(`review.appeal.${decided.result}`)}</strong>
          </p>
          <blockquote class="rv-quote" dir="auto">
            {decided.note}
          </blockquote>
          <p class="muted small">
            {decided.name}, {dayAndTime(decided.at)}
          </p>
        </div>
      )}
    </div>
  );
}
