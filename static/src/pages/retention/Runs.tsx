/** What went in the last runs. */
import { t } from "../../i18n";
import { dayAndTime, fullDay } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { size, type Retention, type Run } from "./shapes";

export function Runs({ found }: { found: Retention }) {
  return (
    <Card title={t("retention.runs")} testid="retention-runs">
      <p class="muted">{t("retention.runs_lead", { hour: found.hour })}</p>
      {found.runs.length === 0 ? (
        <p>{t("retention.runs_none")}</p>
      ) : (
        <ul class="plain-list" role="list">
          {found.runs.map(run => (
            <li key={run.time} data-testid="run" data-trigger={run.trigger}>
              <span class="stack-tight">
                <span>
                  {t("retention.as_of", { day: fullDay(`${run.as_of}T12:00:00Z`) })}{" "}
                  <Badge tone={run.trigger === "postponed" ? "warn" : "plain"}>
                    {t(`retention.trigger_${run.trigger}`)}
                  </Badge>
                </span>
                <span class="muted small">{dayAndTime(run.time)}</span>
                <span>{summary(run, found)}</span>
                {run.problems.length > 0 && run.trigger !== "postponed" && (
                  <Note tone="warn">{t("retention.problems", { list: run.problems.join("; ") })}</Note>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function summary(run: Run, found: Retention): string {
  if (run.trigger === "postponed") return t("retention.postponed");
  const parts = found.kinds.flatMap(kind => {
    const count = run.counts[kind.kind];
    if (!count || count.items === 0) return [];
    const bytes = count.bytes > 0 ? `, ${size(count.bytes)}` : "";
    return [`${kind.name}: ${count.items}${bytes}`];
  });
  return parts.length > 0 ? parts.join("; ") : t("retention.run_nothing");
}
