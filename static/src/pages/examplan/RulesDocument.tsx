/**
 * The exam rules as a document to read and to print: every kind with its own thresholds, sound, breaks,
 * aids, how long it is kept, and what a flag is. Each number is the approved document's own.
 */
import { t } from "../../i18n";
import { dayMonth } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Shell";
import { Table } from "../../ui/Table";
import { kindWord } from "../wall/words";
import type { Rules } from "./api";
import { clearWords, number, raiseWords } from "./rules";

const TONES = { draft: "warn", approved: "good", retired: "plain" } as const;

export function RulesState({ rules }: { rules: Rules }) {
  return <Badge tone={TONES[rules.state]}>{t(`rules.state.${rules.state}`)}</Badge>;
}

export function approvalWords(rules: Rules): string {
  if (!rules.protocol || !rules.date) return "";
  const date = `${dayMonth(rules.date)} ${rules.date.slice(0, 4)}`;
  return t("rules.approved_by", { protocol: rules.protocol, date });
}

export function RulesDocument({ rules }: { rules: Rules }) {
  const on = rules.kinds.filter(one => one.on);
  const off = rules.kinds.filter(one => !one.on);
  return (
    <article class="stack rules-document" data-testid="rules-document" data-rules={rules.id}>
      <Card>
        <p class="row">
          <RulesState rules={rules} />
          <span class="numbers">{t("rules.version", { n: rules.version })}</span>
          <span>{approvalWords(rules)}</span>
        </p>
        <p>{t("rules.what_is_flag")}</p>
      </Card>
      <Card title={t("rules.watched")}>
        <Table
          caption={t("rules.watched")}
          testid="rules-kinds"
          rows={on}
          rowKey={one => one.kind}
          columns={[
            { id: "kind", label: t("rules.kind"), heads: true, cell: one => kindWord(one.kind) },
            { id: "stream", label: t("rules.stream"), cell: one => t(`rules.stream.${one.stream}`) },
            {
              id: "raise",
              label: t("rules.raise"),
              cell: one => <span data-testid="rules-raise">{raiseWords(one)}</span>,
            },
            {
              id: "clear",
              label: t("rules.clear"),
              cell: one => <span data-testid="rules-clear">{clearWords(one)}</span>,
            },
          ]}
        />
        {off.length > 0 && (
          <p data-testid="rules-off">
            {t("rules.not_watched")}: {off.map(one => kindWord(one.kind)).join(", ")}.
          </p>
        )}
      </Card>
      <Card title={t("rules.order")}>
        <ul class="stack-tight rules-list">
          <li data-testid="rules-sound">{t(rules.sound ? "rules.sound_yes" : "rules.sound_no")}</li>
          <li data-testid="rules-breaks">
            {rules.breaks > 0
              ? t("rules.breaks_words", { n: number(rules.breaks), minutes: number(rules.break_minutes) })
              : t("rules.breaks_none")}
          </li>
          <li data-testid="rules-away">{t("rules.away_words", { minutes: number(rules.away_minutes) })}</li>
          <li data-testid="rules-aids">
            {rules.aids.length > 0 ? `${t("rules.aids")}: ${rules.aids.join(", ")}` : t("rules.aids_none")}
          </li>
          <li data-testid="rules-room">{t(rules.room_pan ? "rules.room_yes" : "rules.room_no")}</li>
          <li data-testid="rules-keep">{t("rules.keep_words", { days: number(rules.keep_days) })}</li>
          <li>{t("rules.unjudged")}</li>
          <li>{t("rules.people_decide")}</li>
        </ul>
      </Card>
    </article>
  );
}
