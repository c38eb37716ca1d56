/**
 * Bringing a university's data from CSV files: send a file, say which column is what, try it out, write it,
 * print the slips of new accounts. Past imports stand below.
 */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Download, FileUp, History } from "lucide-preact";
import { get, upload } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { OneImport } from "./OneImport";
import { KINDS, type FieldInfo, type Import, type Kind, type Listed, type Mapping } from "./shapes";
import "./imports.css";

const TONES: Record<Listed["state"], Tone> = {
  uploaded: "plain",
  checked: "accent",
  running: "accent",
  done: "good",
  stopped: "warn",
  failed: "danger",
  expired: "plain",
};

export default function Imports() {
  const { query, route } = useLocation();
  const shown = query["import"] ?? "";
  const kinds = useResource(
    signal => get<{ items: { kind: Kind; fields: FieldInfo[] }[] }>("/imports/kinds", {}, signal),
    [],
  );
  const past = useResource(signal => get<{ items: Listed[] }>("/imports", {}, signal), [shown]);
  const open = (key: string): void => route(key ? `/imports?import=${key}` : "/imports");
  return (
    <Page title={t("imports.title")} lead={t("imports.lead")} testid="imports">
      <Load of={kinds} lines={3}>
        {({ items }) =>
          shown ? (
            <OneImport
              key={shown}
              id={shown}
              fieldsOf={kind => items.find(one => one.kind === kind)?.fields ?? []}
              onBack={() => open("")}
            />
          ) : (
            <Send onSent={found => open(found.id)} />
          )
        }
      </Load>
      {!shown && (
        <Card title={t("imports.past")}>
          <Load of={past} lines={2}>
            {({ items }) =>
              items.length === 0 ? (
                <p class="muted">{t("imports.none")}</p>
              ) : (
                <ul class="plain-list" role="list">
                  {items.map(one => (
                    <li key={one.id} data-testid="import-past">
                      <span class="stack-tight">
                        <a href={`/imports?import=${one.id}`}>{one.name}</a>
                        <span class="muted small">
                          {t(`imports.kind.${one.kind}`)}, {one.author},{" "}
                          {dayAndTime(new Date(one.created * 1000).toISOString())}
                        </span>
                      </span>
                      <Badge tone={TONES[one.state]} icon={History}>
                        {t(`imports.state.${one.state}`)}
                      </Badge>
                    </li>
                  ))}
                </ul>
              )
            }
          </Load>
        </Card>
      )}
    </Page>
  );
}

function Send({ onSent }: { onSent: (found: Import) => void }) {
  const [kind, setKind] = useState<Kind>("groups");
  const [mapping, setMapping] = useState("");
  const [file, setFile] = useState<File>();
  const kept = useResource(signal => get<{ items: Mapping[] }>("/import-mappings", { kind }, signal), [kind]);
  const doing = useDoing();
  const send = (event: Event): void => {
    event.preventDefault();
    void doing.run(async () => {
      if (file) onSent(await upload<Import>("/imports", { kind, name: file.name, mapping }, file));
    });
  };
  return (
    <Card title={t("imports.new")} testid="import-new">
      <form class="stack" onSubmit={send}>
        <div class="import-choice">
          <Select
            label={t("imports.what")}
            value={kind}
            options={KINDS.map(value => ({ value, label: t(`imports.kind.${value}`) }))}
            onValue={value => {
              setKind(value as Kind);
              setMapping("");
            }}
            data-testid="import-kind"
          />
          {(kept.data?.items.length ?? 0) > 0 && (
            <Select
              label={t("imports.kept")}
              none={t("imports.guess")}
              value={mapping}
              options={kept.data?.items.map(({ name }) => ({ value: name, label: name })) ?? []}
              onValue={setMapping}
              data-testid="import-kept"
            />
          )}
        </div>
        <p class="muted">{t(`imports.about.${kind}`)}</p>
        <div class="row">
          <ButtonLink
            icon={Download}
            href={`/api/v1/imports/sample/${kind}`}
            download
            data-testid="import-sample"
          >
            {t("imports.sample")}
          </ButtonLink>
        </div>
        <label class="field">
          <span class="field-label">{t("imports.file")}</span>
          <input
            type="file"
            class="input"
            accept=".csv,.txt,text/csv"
            onChange={event => setFile(event.currentTarget.files?.[0])}
            data-testid="import-file"
          />
          <span class="field-hint">{t("imports.file_hint")}</span>
        </label>
        {doing.error !== undefined && (
          <Note tone="danger" testid="import-error">
            {explain(doing.error)}
          </Note>
        )}
        <div class="row">
          <Button
            type="submit"
            look="primary"
            icon={FileUp}
            busy={doing.busy}
            disabled={!file}
            data-testid="import-send"
          >
            {t("imports.send")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
