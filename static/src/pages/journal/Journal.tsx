/**
 * The electronic journal of a group: students down, lessons across, the share at the end. A mark opens to
 * be changed by whoever may; the rest can print and take it along.
 */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { NotebookText, Printer } from "lucide-preact";
import { get } from "../../api/client";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { Named } from "../../api/types";
import { t } from "../../i18n";
import { clock, isoDay, shortDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Button } from "../../ui/Button";
import { Downloads } from "../../ui/Downloads";
import { Field, Select } from "../../ui/Field";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Trend } from "../../ui/Trend";
import { CorrectDialog, type Correcting } from "./CorrectDialog";
import { Excuses } from "./Excuses";
import { LockNote, type Lock } from "./LockNote";
import { trend } from "./marks";
import { MarkSign } from "./MarkSign";
import "./journal.css";

interface JournalView {
  lessons: { id: string; title: string; discipline: string; starts: string }[];
  rows: {
    id: string;
    name: string;
    marks: Record<string, string>;
    attended: number;
    marked: number;
    share: number;
  }[];
  disciplines: [string, string][];
  lock: Lock | null;
  rules: { share: number; late: number };
}

const DAY = 86_400_000;

export default function Journal() {
  const { query, route } = useLocation();
  const groups = useResource(signal => all<Named>("/groups", {}, signal), []);
  const [from, setFrom] = useState(isoDay(new Date(Date.now() - 28 * DAY)));
  const [until, setUntil] = useState(isoDay(new Date()));
  const [discipline, setDiscipline] = useState("");
  const group = query["group"] ?? "";
  return (
    <Page title={t("journal.title")} lead={t("journal.lead")} testid="journal">
      <Load of={groups} lines={1}>
        {list => (
          <div class="journal-filters no-print">
            <Select
              label={t("journal.group")}
              none={t("journal.choose")}
              value={group}
              options={list.map(({ id, name }) => ({ value: id, label: name }))}
              onValue={id => route(id ? `/journal?group=${id}` : "/journal", true)}
              data-testid="journal-group"
            />
            <Field
              label={t("journal.from")}
              type="date"
              value={from}
              onValue={setFrom}
              data-testid="journal-from"
            />
            <Field
              label={t("journal.until")}
              type="date"
              value={until}
              onValue={setUntil}
              data-testid="journal-until"
            />
          </div>
        )}
      </Load>
      {group && from && until ? (
        <Sheet key={group} asked={{ group, from, until, discipline }} onDiscipline={setDiscipline} />
      ) : (
        <Empty icon={NotebookText} title={t("journal.choose")} />
      )}
    </Page>
  );
}

interface Asked {
  group: string;
  from: string;
  until: string;
  discipline: string;
}

function Sheet({ asked, onDiscipline }: { asked: Asked; onDiscipline: (id: string) => void }) {
  const { group, ...query } = asked;
  const path = `/groups/${encodeURIComponent(group)}/journal`;
  const journal = useResource(
    signal => get<JournalView>(path, query, signal),
    [group, ...Object.values(query)],
  );
  const [correcting, setCorrecting] = useState<Correcting>();
  return (
    <Load of={journal}>
      {found => (
        <>
          {found.lock && <LockNote group={group} lock={found.lock} onChange={journal.reload} />}
          <Card
            testid="journal-sheet"
            title={t("journal.legend")}
            actions={
              <div class="row no-print">
                <Button icon={Printer} onClick={() => window.print()}>
                  {t("journal.print")}
                </Button>
                <Downloads path={`${path}/paper`} query={query} testid="journal" />
              </div>
            }
          >
            <p class="muted small">
              {t("journal.rules", { share: found.rules.share, minutes: found.rules.late })}
            </p>
            {found.disciplines.length > 1 && (
              <div class="no-print">
                <Select
                  label={t("journal.discipline")}
                  none={t("journal.all")}
                  value={asked.discipline}
                  options={found.disciplines.map(([value, label]) => ({ value, label }))}
                  onValue={onDiscipline}
                  data-testid="journal-discipline"
                />
              </div>
            )}
            {found.lessons.length === 0 ? (
              <Empty icon={NotebookText} title={t("journal.empty")} />
            ) : (
              <Grid found={found} onMark={found.lock?.locked ? undefined : setCorrecting} />
            )}
            {correcting && (
              <CorrectDialog
                what={correcting}
                onClose={() => setCorrecting(undefined)}
                onDone={() => {
                  setCorrecting(undefined);
                  journal.reload();
                }}
              />
            )}
          </Card>
          {may("attendance.excuses") && (
            <div class="no-print">
              <Excuses group={group} students={found.rows} onChange={journal.reload} />
            </div>
          )}
        </>
      )}
    </Load>
  );
}

function Grid({ found, onMark }: { found: JournalView; onMark: ((what: Correcting) => void) | undefined }) {
  const { lessons, rows } = found;
  const changes = onMark && may("attendance.correct");
  return (
    <div class="journal-scroll" tabIndex={0} role="region" aria-label={t("journal.title")}>
      <table class="journal-grid">
        <thead>
          <tr>
            <th scope="col">{t("journal.student")}</th>
            {lessons.map(one => (
              <th key={one.id} scope="col" title={`${one.discipline || one.title} ${clock(one.starts)}`}>
                {shortDay(one.starts)}
              </th>
            ))}
            <th scope="col">{t("journal.sum")}</th>
            <th scope="col">{t("journal.trend")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id} data-testid="journal-row" data-student={row.id}>
              <th scope="row">{row.name}</th>
              {lessons.map(({ id }) => (
                <td key={id}>
                  {changes ? (
                    <button
                      type="button"
                      class="journal-mark"
                      data-testid="journal-mark"
                      data-mark={row.marks[id] ?? ""}
                      onClick={() =>
                        onMark({ lesson: id, student: row.id, name: row.name, mark: row.marks[id] })
                      }
                    >
                      <MarkSign mark={row.marks[id]} />
                    </button>
                  ) : (
                    <MarkSign mark={row.marks[id]} />
                  )}
                </td>
              ))}
              <td class="numbers">
                {row.marked > 0 &&
                  t("journal.sum_of", {
                    attended: row.attended,
                    marked: row.marked,
                    share: Math.round(row.share * 100),
                  })}
              </td>
              <td>
                <Trend percents={trend(lessons.map(({ id }) => row.marks[id]))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
