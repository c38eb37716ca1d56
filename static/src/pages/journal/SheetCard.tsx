/** The attendance sheet on a lesson's page: everybody on the roster, the absent too. */
import { useEffect, useState } from "preact/hooks";
import { Pencil } from "lucide-preact";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { may } from "../../state/me";
import { IconButton } from "../../ui/Button";
import { Downloads } from "../../ui/Downloads";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { CorrectDialog, type Correcting } from "./CorrectDialog";
import { MarkSign } from "./MarkSign";
import "./journal.css";

interface SheetRow {
  id: string;
  name: string;
  mark: string;
  present: number;
  share: number;
  late_by: number;
  source: string;
  note: string;
  scanned: string;
  stretches: number;
  lost: number;
}

interface SheetView {
  running: boolean;
  counted: number | null;
  rows: SheetRow[];
}

const EVERY = 10_000; // ms, while the lesson is on

export function SheetCard({ lesson }: { lesson: string }) {
  const sheet = useResource(
    signal => get<SheetView>(`/lessons/${encodeURIComponent(lesson)}/attendance`, {}, signal),
    [lesson],
  );
  const [correcting, setCorrecting] = useState<Correcting>();
  const running = sheet.data?.running ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(sheet.reload, EVERY);
    return () => clearInterval(timer);
  }, [running]);
  return (
    <Card
      title={t("sheet.title")}
      testid="sheet"
      actions={
        <div class="row no-print">
          <Downloads
            path={`/lessons/${encodeURIComponent(lesson)}/attendance/paper`}
            forms={["pdf", "xlsx"]}
            testid="sheet"
          />
        </div>
      }
    >
      <Load of={sheet} lines={3}>
        {found => (
          <>
            {found.running && <Note>{t("sheet.running")}</Note>}
            {found.counted !== null && (
              <p data-testid="sheet-counted">{t("sheet.counted", { count: found.counted })}</p>
            )}
            {found.rows.length === 0 && <p class="muted">{t("sheet.empty")}</p>}
            <ul class="plain-list sheet-rows" role="list">
              {found.rows.map(row => (
                <li key={row.id} data-testid="sheet-row" data-student={row.id} data-mark={row.mark}>
                  <MarkSign mark={row.mark} />
                  <span class="stack-tight">
                    <span>{row.name}</span>
                    <span class="muted small">{facts(row)}</span>
                  </span>
                  {may("attendance.correct") && !found.running && (
                    <IconButton
                      icon={Pencil}
                      label={`${t("journal.correct")}: ${row.name}`}
                      onClick={() =>
                        setCorrecting({ lesson, student: row.id, name: row.name, mark: row.mark })
                      }
                      data-testid="sheet-correct"
                    />
                  )}
                </li>
              ))}
            </ul>
            {correcting && (
              <CorrectDialog
                what={correcting}
                onClose={() => setCorrecting(undefined)}
                onDone={() => {
                  setCorrecting(undefined);
                  sheet.reload();
                }}
              />
            )}
          </>
        )}
      </Load>
    </Card>
  );
}

function facts(row: SheetRow): string {
  const words: string[] = [];
  if (row.present > 0) {
    words.push(
      t("sheet.minutes", { minutes: Math.round(row.present / 60), share: Math.round(row.share * 100) }),
    );
  }
  if (row.late_by > 0) words.push(t("sheet.late", { minutes: Math.ceil(row.late_by / 60) }));
  if (row.stretches > 1) {
    words.push(t("sheet.lost", { count: row.stretches - 1, minutes: Math.ceil(row.lost / 60) }));
  }
  if (row.scanned) words.push(t(row.scanned === "in_class" ? "sheet.qr" : "sheet.qr_away"));
  if (row.source === "room") words.push(t("sheet.room", { room: row.note }));
  if (row.source === "excuse") words.push(row.note);
  if (row.source === "corrected") words.push(`${t("sheet.corrected")}: ${row.note}`);
  return words.join(", ");
}
