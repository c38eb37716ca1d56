/** What trying a file out has found: counts, then errors and warnings by row. */
import { t } from "../../i18n";
import { Card } from "../../ui/Shell";
import { Table } from "../../ui/Table";
import type { Problem, Report } from "./shapes";

const COUNTS = ["new", "changed", "unchanged", "errors", "warnings"] as const;
const PAGE = 200;

export function Findings({ report }: { report: Report }) {
  return (
    <Card title={t("imports.findings")} testid="import-report">
      <dl class="import-counts">
        {COUNTS.map(name => (
          <div key={name} class={report[name] > 0 ? `import-count-${name}` : undefined}>
            <dt>{t(`imports.count.${name}`)}</dt>
            <dd class="numbers" data-testid={`import-count-${name}`}>
              {report[name]}
            </dd>
          </div>
        ))}
      </dl>
      <Rows
        title={t("imports.count.errors")}
        rows={report.problems}
        all={report.errors}
        testid="import-problems"
      />
      <Rows
        title={t("imports.count.warnings")}
        rows={report.notes}
        all={report.warnings}
        testid="import-notes"
      />
    </Card>
  );
}

function Rows(props: { title: string; rows: Problem[]; all: number; testid: string }) {
  const { title, rows, all, testid } = props;
  if (rows.length === 0) return null;
  const shown = rows.slice(0, PAGE);
  return (
    <section class="stack-tight">
      <h3>{title}</h3>
      <Table
        caption={title}
        testid={testid}
        rows={shown}
        rowKey={one => `${one.row}-${one.column}-${one.code}`}
        columns={[
          {
            id: "row",
            label: t("imports.row"),
            heads: true,
            cell: one => <span class="numbers">{one.row}</span>,
          },
          { id: "column", label: t("imports.column"), cell: one => one.column },
          { id: "value", label: t("imports.value"), cell: one => <span dir="auto">{one.value}</span> },
          { id: "message", label: t("imports.what_to_do"), cell: one => one.message },
        ]}
      />
      {all > shown.length && <p class="muted small">{t("imports.more", { count: all - shown.length })}</p>}
    </section>
  );
}
