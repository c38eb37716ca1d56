/** What is written about me: the own entries of the trace in groups, to read and to take along. */
import { ChevronRight, Download, ReceiptText, ScrollText } from "lucide-preact";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { maybe, t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { everything, grouped, pageBefore, type EntryPage, type Group } from "./written";
import "./trace.css";

/** Hand a text to the browser as a file. */
function save(name: string, content: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export default function Written() {
  const found = useResource(signal => pageBefore(undefined, signal), []);
  const taking = useDoing();
  const earlier = useDoing();
  const more = (known: EntryPage): void =>
    void earlier.run(async () => {
      const next = await pageBefore(known.items.at(-1)?.seq);
      found.set({ items: [...known.items, ...next.items], more: next.more });
    });
  const fault = taking.error ?? earlier.error;
  return (
    <Page narrow title={t("written.title")} lead={t("written.lead")} testid="written">
      <Card title={t("written.keep")}>
        <p class="muted">{t("written.keep_words")}</p>
        <div class="row">
          <ButtonLink
            icon={ReceiptText}
            href="/api/v1/me/receipt"
            download="sabak-receipt.json"
            data-testid="written-receipt"
          >
            {t("written.receipt")}
          </ButtonLink>
          <Button
            icon={Download}
            busy={taking.busy}
            onClick={() => void taking.run(async () => save("sabak-written.json", await everything()))}
            data-testid="written-download"
          >
            {t("written.download")}
          </Button>
        </div>
        {fault !== undefined && <Note tone="danger">{explain(fault)}</Note>}
      </Card>
      <Load of={found}>
        {known =>
          known.items.length === 0 ? (
            <Empty icon={ScrollText} title={t("written.empty")} />
          ) : (
            <Card>
              <div>
                {grouped(known.items).map(group => (
                  <OneGroup key={`${group.kind} ${group.own}`} group={group} />
                ))}
              </div>
              {known.more && (
                <Button busy={earlier.busy} onClick={() => more(known)} data-testid="written-more">
                  {t("action.more")}
                </Button>
              )}
            </Card>
          )
        }
      </Load>
    </Page>
  );
}

function OneGroup({ group: { kind, own, entries } }: { group: Group }) {
  const newest = entries[0];
  return (
    <details class="written-group" data-testid="written-group" data-kind={kind}>
      <summary>
        <ChevronRight size={18} aria-hidden />
        <strong>{maybe(`written.kind.${kind}`) ?? kind}</strong>
        <Badge tone={own ? "plain" : "accent"}>{own ? t("written.own") : t("written.others")}</Badge>
        <span class="muted small written-count">
          {t("written.times", { count: entries.length })}
          {newest && `, ${dayAndTime(newest.time)}`}
        </span>
      </summary>
      <ul class="plain-list" role="list">
        {entries.map(entry => (
          <li key={entry.seq} data-testid="written-entry">
            <span>{dayAndTime(entry.time)}</span>
            <span class="muted small">
              № {entry.seq}
              {entry.erased && `, ${t("written.erased")}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
