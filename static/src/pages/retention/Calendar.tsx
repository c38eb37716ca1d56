/** What goes in the next twelve months, by month and kind. */
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { language, t } from "../../i18n";
import { capital, monthYear } from "../../i18n/dates";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import { size, type Month, type Term } from "./shapes";

export function Calendar({ kinds }: { kinds: Term[] }) {
  const found = useResource(signal => get<{ months: Month[] }>("/retention/calendar", {}, signal), []);
  const name = (kind: string): string => kinds.find(one => one.kind === kind)?.name ?? kind;
  return (
    <Card title={t("retention.calendar")} testid="retention-calendar">
      <p class="muted">{t("retention.calendar_lead")}</p>
      <Load of={found} lines={4}>
        {({ months }) =>
          months.length === 0 ? (
            <p>{t("retention.nothing")}</p>
          ) : (
            <Table
              caption={t("retention.calendar")}
              rows={months}
              rowKey={one => `${one.month} ${one.kind}`}
              columns={[
                {
                  id: "month",
                  label: t("retention.month"),
                  heads: true,
                  cell: one => capital(monthYear(one.month)),
                },
                { id: "kind", label: t("retention.kind"), cell: one => name(one.kind) },
                {
                  id: "items",
                  label: t("retention.items"),
                  cell: one => <span class="numbers">{one.items.toLocaleString(language.value)}</span>,
                },
                {
                  id: "size",
                  label: t("retention.size"),
                  cell: one => <span class="numbers">{size(one.bytes)}</span>,
                },
                {
                  id: "held",
                  label: t("retention.held"),
                  cell: one => (one.held > 0 ? <span class="numbers">{one.held}</span> : "–"),
                },
              ]}
            />
          )
        }
      </Load>
    </Card>
  );
}
