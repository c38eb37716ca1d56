/** How full the disk of the recordings is, and how long that goes on. */
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { language, maybe, t } from "../../i18n";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";

interface StorageView {
  recordings: number;
  pieces: number;
  week: number;
  free: number;
  total: number;
  days_left: number | null;
  recorder: boolean;
  problem: string;
}

/** Days from which on nobody is troubled. */
const PLENTY = 30;

function gigabytes(bytes: number): string {
  const digits = bytes < 10e9 ? 1 : 0;
  return t("system.gigabytes", {
    size: (bytes / 1e9).toLocaleString(language.value, { maximumFractionDigits: digits }),
  });
}

export function Storage() {
  const storage = useResource(signal => get<StorageView>("/storage", {}, signal), []);
  return (
    <Load of={storage} lines={2}>
      {found => (
        <Card title={t("system.storage")} testid="storage">
          <Standing found={found} />
          <div
            class="storage-bar"
            role="img"
            aria-label={t("system.storage_free", {
              free: gigabytes(found.free),
              total: gigabytes(found.total),
            })}
          >
            <span style={{ width: `${found.total > 0 ? (1 - found.free / found.total) * 100 : 0}%` }} />
          </div>
          <dl class="figures">
            <Figure name={t("system.storage_kept")} value={gigabytes(found.recordings)} />
            <Figure name={t("system.storage_week")} value={gigabytes(found.week)} />
            <Figure name={t("system.storage_rest")} value={gigabytes(found.free)} />
            <Figure name={t("system.storage_files")} value={found.pieces.toLocaleString(language.value)} />
          </dl>
        </Card>
      )}
    </Load>
  );
}

function Standing({ found }: { found: StorageView }) {
  const { problem, recorder, days_left: days } = found;
  if (problem) {
    const words = maybe(`recording.problem.${problem.split(".")[1] ?? ""}`);
    return <Note tone="danger">{words ?? t("recording.problem.unwritable")}</Note>;
  }
  if (!recorder) return <Note tone="danger">{t("recording.problem.down")}</Note>;
  if (days !== null && days < PLENTY) {
    return <Note tone="warn">{t("system.storage_soon", { count: days })}</Note>;
  }
  return <Note tone="good">{t("system.storage_good")}</Note>;
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="figure">
      <dt class="muted small">{name}</dt>
      <dd class="numbers">{value}</dd>
    </div>
  );
}
