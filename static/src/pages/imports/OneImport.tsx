/** One file on its way: columns, dry run, writing with progress, slips. */
import { useEffect, useState } from "preact/hooks";
import { ArrowLeft, CircleCheck, ListChecks, Play, RotateCcw, Save } from "lucide-preact";
import { get, post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { language, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Check, Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import { Findings } from "./Findings";
import { Slips } from "./Slips";
import type { FieldInfo, Import, Kind } from "./shapes";

const LOOK = 700; // ms between two looks at how far it is

interface Props {
  id: string;
  fieldsOf: (kind: Kind) => FieldInfo[];
  onBack: () => void;
}

export function OneImport({ id, fieldsOf, onBack }: Props) {
  const path = `/imports/${encodeURIComponent(id)}`;
  const found = useResource(signal => get<Import>(path, {}, signal), [path, language.value]);
  const running = found.data?.state === "running";
  const { reload } = found;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(reload, LOOK);
    return () => clearInterval(timer);
  }, [running, reload]);
  return (
    <>
      <div class="row">
        <Button look="quiet" icon={ArrowLeft} onClick={onBack} data-testid="import-back">
          {t("imports.back")}
        </Button>
      </div>
      <Load of={found} lines={4}>
        {one => (
          <>
            <Card title={`${t(`imports.kind.${one.kind}`)}: ${one.name}`} testid="import">
              <State one={one} />
              {(one.state === "uploaded" || one.state === "checked") && (
                <Columns one={one} fields={fieldsOf(one.kind)} path={path} onChecked={found.set} />
              )}
            </Card>
            {one.report && <Findings report={one.report} />}
            {(one.state === "checked" || one.state === "stopped" || one.state === "failed") && (
              <Apply one={one} path={path} onStarted={found.set} />
            )}
            {one.state === "done" && one.slips.count > 0 && <Slips one={one} path={path} onGiven={reload} />}
          </>
        )}
      </Load>
    </>
  );
}

function State({ one }: { one: Import }) {
  const share = one.total > 0 ? one.done / one.total : 0;
  switch (one.state) {
    case "running":
      return (
        <div class="stack-tight" data-testid="import-running">
          <p role="status">{t("imports.progress", { done: one.done, total: one.total })}</p>
          <progress class="import-progress" value={share} max={1} aria-label={t("imports.state.running")} />
        </div>
      );
    case "done":
      return (
        <Note tone="good" testid="import-done">
          <CircleCheck size={18} aria-hidden /> {t("imports.finished", { done: one.done })}
        </Note>
      );
    case "failed":
      return <Note tone="danger">{one.message}</Note>;
    case "stopped":
      return <Note tone="warn">{t("imports.stopped_words", { done: one.done, total: one.total })}</Note>;
    case "expired":
      return <Note tone="warn">{t("imports.expired_words")}</Note>;
    default:
      return (
        <p class="muted small">{t("imports.read_as", { rows: one.total, encoding: one.preview.encoding })}</p>
      );
  }
}

interface ColumnsProps {
  one: Import;
  fields: FieldInfo[];
  path: string;
  onChecked: (found: Import) => void;
}

function Columns({ one, fields, path, onChecked }: ColumnsProps) {
  const [mapping, setMapping] = useState(one.mapping);
  const [name, setName] = useState("");
  const doing = useDoing();
  const { headings, rows } = one.preview;
  const example = (field: string): string => {
    const at = headings.indexOf(mapping[field] ?? "");
    return rows.map(row => row[at] ?? "").find(cell => cell !== "") ?? "";
  };
  const choose = (field: string, heading: string): void => {
    const rest = Object.entries(mapping).filter(([other, value]) => other !== field && value !== heading);
    setMapping(Object.fromEntries(heading ? [...rest, [field, heading]] : rest));
  };
  const lacking = fields.filter(field => field.required && !mapping[field.name]);
  const check = (): void =>
    void doing.run(async () => onChecked(await post<Import>(`${path}/check`, { mapping })));
  const keep = (): void =>
    void doing.run(async () => {
      await post("/import-mappings", { kind: one.kind, name: name.trim(), mapping });
      toast(t("imports.mapping_kept", { name: name.trim() }));
      setName("");
    });
  return (
    <div class="stack">
      <table class="import-columns">
        <caption class="hidden-text">{t("imports.columns")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("imports.ours")}</th>
            <th scope="col">{t("imports.column")}</th>
            <th scope="col">{t("imports.example")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(field => (
            <tr key={field.name}>
              <th scope="row">
                {t(`imports.field.${field.name}` as Parameters<typeof t>[0])}
                {field.required && <span class="import-must"> *</span>}
              </th>
              <td>
                <Select
                  bare
                  label={t(`imports.field.${field.name}` as Parameters<typeof t>[0])}
                  none={t("imports.no_column")}
                  value={mapping[field.name] ?? ""}
                  options={headings.map(heading => ({ value: heading, label: heading }))}
                  onValue={heading => choose(field.name, heading)}
                  data-testid={`import-column-${field.name}`}
                />
              </td>
              <td class="muted import-example">{example(field.name)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lacking.length > 0 && <p class="muted small">{t("imports.must")}</p>}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          icon={ListChecks}
          busy={doing.busy}
          disabled={lacking.length > 0}
          onClick={check}
          data-testid="import-check"
        >
          {t("imports.check")}
        </Button>
      </div>
      <div class="import-keep">
        <Field
          label={t("imports.keep_as")}
          hint={t("imports.keep_hint")}
          value={name}
          onValue={setName}
          maxLength={80}
          data-testid="import-mapping-name"
        />
        <Button
          icon={Save}
          busy={doing.busy}
          disabled={name.trim() === ""}
          onClick={keep}
          data-testid="import-mapping-keep"
        >
          {t("imports.keep")}
        </Button>
      </div>
    </div>
  );
}

function Apply({ one, path, onStarted }: { one: Import; path: string; onStarted: (found: Import) => void }) {
  const [skip, setSkip] = useState(false);
  const doing = useDoing();
  const errors = one.report?.errors ?? 0;
  const rows = (one.report?.new ?? 0) + (one.report?.changed ?? 0);
  const apply = (): void =>
    void doing.run(async () => onStarted(await post<Import>(`${path}/apply`, { skip_errors: skip })));
  return (
    <Card testid="import-apply-card">
      {errors > 0 && (
        <Check
          label={t("imports.skip", { count: errors })}
          checked={skip}
          onValue={setSkip}
          data-testid="import-skip"
        />
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          icon={one.state === "checked" ? Play : RotateCcw}
          busy={doing.busy}
          disabled={(errors > 0 && !skip) || (one.state === "checked" && rows === 0)}
          onClick={apply}
          data-testid="import-apply"
        >
          {one.state === "checked" ? t("imports.apply", { count: rows }) : t("imports.apply_again")}
        </Button>
      </div>
    </Card>
  );
}
