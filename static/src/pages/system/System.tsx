/**
 * Whether the house stands (R21): the checks of `/readyz` in words, and the counters of `/metrics` that a
 * person can use, with all of them below for those who look closer.
 */
import { useEffect } from "preact/hooks";
import { CircleCheck, CircleX, RotateCw } from "lucide-preact";
import { useResource } from "../../api/resource";
import { language, maybe, t } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { samplesOf, total, type Sample } from "./metrics";
import { may } from "../../state/me";
import { FIGURES, shown } from "./figures";
import { Storage } from "./Storage";
import "./system.css";

const REFRESH = 10_000; // ms

interface Readiness {
  status: "ready" | "starting";
  checks: Record<string, boolean>;
}

async function readiness(signal: AbortSignal): Promise<Readiness> {
  // 503 carries the same body: it says which check fails.
  return (await (await fetch("/readyz", { signal })).json()) as Readiness;
}

async function counters(signal: AbortSignal): Promise<Sample[]> {
  const answer = await fetch("/metrics", { signal });
  return answer.ok ? samplesOf(await answer.text()) : [];
}

export default function System() {
  const state = useResource(readiness, []);
  const numbers = useResource(counters, []);
  const reload = (): void => {
    state.reload();
    numbers.reload();
  };
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, REFRESH);
    return () => clearInterval(timer);
  }, []);
  return (
    <Page
      title={t("system.title")}
      lead={t("system.lead")}
      testid="system"
      actions={
        <Button icon={RotateCw} busy={state.loading} onClick={reload} data-testid="system-reload">
          {t("system.reload")}
        </Button>
      }
    >
      <Load of={state} lines={2}>
        {found => <Checks found={found} />}
      </Load>
      {may("recording.storage") && <Storage />}
      <Load of={numbers} lines={2}>
        {samples => <Numbers samples={samples} />}
      </Load>
    </Page>
  );
}

/** `media1` to "Sound and picture 1"; a name that nobody translated stays as it is. */
function checkWords(name: string): string {
  const number = /\d+$/.exec(name)?.[0] ?? "";
  return maybe(`system.check_${name.replace(/\d+$/, "")}`, { number })?.trim() ?? name;
}

function Checks({ found }: { found: Readiness }) {
  const list = Object.entries(found.checks).sort(([a], [b]) => a.localeCompare(b));
  const good = list.every(([, passes]) => passes);
  return (
    <Card title={t("system.parts")}>
      <Note tone={good ? "good" : "warn"} testid="system-state">
        {good ? t("system.good") : t("system.bad")}
      </Note>
      <ul class="checks" role="list">
        {list.map(([name, passes]) => (
          <li key={name} data-testid="system-check" data-name={name} data-good={passes}>
            <span>{checkWords(name)}</span>
            <Badge tone={passes ? "good" : "danger"} icon={passes ? CircleCheck : CircleX}>
              {passes ? t("system.works") : t("system.down")}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Numbers({ samples }: { samples: readonly Sample[] }) {
  const figures = FIGURES.map(figure => ({ figure, value: total(samples, figure.name) })).filter(
    (entry): entry is { figure: (typeof FIGURES)[number]; value: number } => entry.value !== undefined,
  );
  return (
    <Card title={t("system.numbers")}>
      {figures.length > 0 && (
        <dl class="figures">
          {figures.map(({ figure, value }) => (
            <div key={figure.name} class="figure">
              <dt class="muted small">{t(figure.words)}</dt>
              <dd class="numbers">{shown(value, figure.unit, language.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <details>
        <summary class="all-summary">{t("system.all", { count: samples.length })}</summary>
        <div class="all-samples mono small" tabIndex={0} role="region" aria-label={t("system.numbers")}>
          {samples.map((sample, index) => (
            <p key={index}>
              <span>
                {sample.name}
                {Object.keys(sample.labels).length > 0 && ` ${Object.values(sample.labels).join(" ")}`}
              </span>
              <span class="numbers">{sample.value}</span>
            </p>
          ))}
        </div>
      </details>
    </Card>
  );
}
