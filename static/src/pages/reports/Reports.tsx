/**
 * The office's reports: which one, over which days, by what; then the table with its plots, to be printed
 * or taken along. What is in a report and what its columns are called comes from the server.
 */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { FileText } from "lucide-preact";
import { get, type Query } from "../../api/client";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { Named } from "../../api/types";
import { language, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Downloads } from "../../ui/Downloads";
import { Field, Select } from "../../ui/Field";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Cell, type Kind, type Value } from "./Cell";
import { PERIODS, period, periodOf, type Period } from "./periods";
import "./reports.css";

interface Report {
  name: string;
  title: string;
  lead: string;
  views: [string, string][];
  bases: [string, string][];
}

interface Paper {
  title: string;
  about: [string, string][];
  columns: { title: string; kind: Kind }[];
  rows: Value[][];
  totals: Value[];
  notes: string[];
  plot: number;
}

const PAGE = 200; // rows drawn at first; a phone draws two thousand slowly

export default function Reports() {
  const reports = useResource(signal => get<{ items: Report[] }>("/reports", {}, signal), [language.value]);
  const { query, route } = useLocation();
  return (
    <Page title={t("reports.title")} lead={t("reports.lead")} testid="reports">
      <Load of={reports} lines={2}>
        {({ items }) => {
          const chosen = items.find(({ name }) => name === query["report"]) ?? items[0];
          if (!chosen) return <Empty icon={FileText} title={t("reports.none")} />;
          return (
            <>
              <nav class="report-names no-print" aria-label={t("reports.title")}>
                {items.map(({ name, title }) => (
                  <button
                    key={name}
                    type="button"
                    class="report-name"
                    aria-current={name === chosen.name ? "page" : undefined}
                    onClick={() => route(`/reports?report=${name}`, true)}
                    data-testid={`report-${name}`}
                  >
                    {title}
                  </button>
                ))}
              </nav>
              <Chosen key={chosen.name} report={chosen} />
            </>
          );
        }}
      </Load>
    </Page>
  );
}

function Chosen({ report }: { report: Report }) {
  const faculties = useResource(signal => all<Named>("/faculties", {}, signal), []);
  const [days, setDays] = useState(() => period("half", new Date()));
  const [view, setView] = useState(report.views[0]?.[0] ?? "");
  const [base, setBase] = useState(report.bases[0]?.[0] ?? "");
  const [faculty, setFaculty] = useState("");
  const query: Query = { ...days, view, base, faculty };
  return (
    <>
      <p class="muted">{report.lead}</p>
      <div class="report-filters no-print">
        <Select
          label={t("reports.period")}
          value={periodOf(days, new Date())}
          options={[...PERIODS, "own" as const].map(value => ({ value, label: t(`reports.${value}`) }))}
          onValue={value => value !== "own" && setDays(period(value as Period, new Date()))}
          data-testid="report-period"
        />
        <Field
          label={t("journal.from")}
          type="date"
          value={days.from}
          onValue={from => from && setDays({ ...days, from })}
          data-testid="report-from"
        />
        <Field
          label={t("journal.until")}
          type="date"
          value={days.until}
          onValue={until => until && setDays({ ...days, until })}
          data-testid="report-until"
        />
        {report.views.length > 0 && (
          <Select
            label={t("reports.view")}
            value={view}
            options={report.views.map(([value, label]) => ({ value, label }))}
            onValue={setView}
            data-testid="report-view"
          />
        )}
        {report.bases.length > 0 && (
          <Select
            label={t("reports.base")}
            value={base}
            options={report.bases.map(([value, label]) => ({ value, label }))}
            onValue={setBase}
            data-testid="report-base"
          />
        )}
        {(faculties.data?.length ?? 0) > 1 && (
          <Select
            label={t("structure.faculty")}
            none={t("reports.every")}
            value={faculty}
            options={faculties.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            onValue={setFaculty}
            data-testid="report-faculty"
          />
        )}
      </div>
      <Sheet path={`/reports/${report.name}`} query={query} />
    </>
  );
}

function Sheet({ path, query }: { path: string; query: Query }) {
  const asked = [path, language.value, ...Object.values(query)];
  const paper = useResource(signal => get<Paper>(path, query, signal), asked);
  return (
    <Load of={paper} lines={6}>
      {found => (
        <Card
          title={found.title}
          testid="report-sheet"
          actions={
            <div class="row no-print">
              <Downloads path={`${path}/paper`} query={query} testid="report" />
            </div>
          }
        >
          <p class="muted small">{found.about.map(([name, value]) => `${name}: ${value}`).join(" · ")}</p>
          {found.rows.length === 0 ? (
            <Empty icon={FileText} title={t("reports.empty")} />
          ) : (
            <Grid key={asked.join()} found={found} />
          )}
          {found.notes.map(note => (
            <p key={note} class="muted small">
              {note}
            </p>
          ))}
        </Card>
      )}
    </Load>
  );
}

function Grid({ found }: { found: Paper }) {
  const [most, setMost] = useState(PAGE);
  const { columns, rows, totals, plot } = found;
  const line = (row: Value[]) =>
    columns.map(({ kind }, n) => (
      <td key={n} class={`report-${kind}`}>
        <Cell value={row[n] ?? null} kind={kind} plotted={n === plot} />
      </td>
    ));
  return (
    <>
      <div class="report-scroll" tabIndex={0} role="region" aria-label={found.title}>
        <table class="report-grid" data-testid="report-grid">
          <thead>
            <tr>
              {columns.map(({ title, kind }, n) => (
                <th key={n} scope="col" class={`report-${kind}`}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, n) => (
              <tr key={n} data-testid="report-row">
                {line(row)}
              </tr>
            ))}
          </tbody>
          {totals.length > 0 && (
            <tfoot>
              <tr data-testid="report-totals">{line(totals)}</tr>
            </tfoot>
          )}
        </table>
      </div>
      {rows.length > most && (
        <div class="no-print">
          <Button onClick={() => setMost(rows.length)} data-testid="report-more">
            {t("reports.more", { count: rows.length - most })}
          </Button>
        </div>
      )}
    </>
  );
}
