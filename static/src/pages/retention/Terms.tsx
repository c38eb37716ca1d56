/** The term of each kind of record, and those set for one lesson or exam. */
import { useState } from "preact/hooks";
import { Pencil, Plus } from "lucide-preact";
import { put } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { fullDay } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toast";
import { MOST_DAYS, says, term, type Retention, type Term } from "./shapes";
import { LessonField } from "./Target";

export function Terms({ found, onChange }: { found: Retention; onChange: () => void }) {
  const [editing, setEditing] = useState<Term>();
  const [adding, setAdding] = useState(false);
  const done = (): void => {
    setEditing(undefined);
    setAdding(false);
    toast(t("retention.saved"));
    onChange();
  };
  const name = (kind: string): string => found.kinds.find(one => one.kind === kind)?.name ?? kind;
  return (
    <>
      <Card title={t("retention.terms")} testid="retention-terms">
        <Table
          caption={t("retention.terms")}
          rows={found.kinds}
          rowKey={one => one.kind}
          columns={[
            {
              id: "name",
              label: t("retention.kind"),
              heads: true,
              cell: one => (
                <span class="stack-tight">
                  <span>{one.name}</span>
                  <span class="muted small">{one.holds}</span>
                </span>
              ),
            },
            {
              id: "days",
              label: t("retention.term"),
              cell: one => (
                <span class="stack-tight">
                  <span class="numbers" data-testid="retention-days" data-kind={one.kind}>
                    {term(one.days)}
                  </span>
                  <span class="muted small">
                    {one.least > 1 && t("retention.least", { term: term(one.least) })}
                  </span>
                </span>
              ),
            },
            {
              id: "why",
              label: t("retention.why"),
              cell: one =>
                one.author ? (
                  <span class="stack-tight">
                    <span>
                      {one.reason}
                      {one.protocol && ` (${t("retention.by_protocol", { protocol: one.protocol })})`}
                    </span>
                    <span class="muted small">
                      {one.author}
                      {one.time && `, ${fullDay(one.time)}`}
                    </span>
                  </span>
                ) : (
                  <span class="muted">{t("retention.by_default")}</span>
                ),
            },
            {
              id: "edit",
              label: "",
              end: true,
              cell: one => (
                <Button
                  look="quiet"
                  icon={Pencil}
                  onClick={() => setEditing(one)}
                  data-testid="retention-edit"
                  data-kind={one.kind}
                >
                  {t("retention.change")}
                </Button>
              ),
            },
          ]}
        />
      </Card>
      <Card
        title={t("retention.own_terms")}
        testid="retention-own"
        actions={
          <Button icon={Plus} onClick={() => setAdding(true)} data-testid="retention-own-add">
            {t("retention.own_add")}
          </Button>
        }
      >
        {found.terms.length === 0 ? (
          <p class="muted">{t("retention.own_none")}</p>
        ) : (
          <ul class="plain-list" role="list">
            {found.terms.map(one => (
              <li key={`${one.kind} ${one.lesson}`} data-testid="retention-own-term">
                <span class="stack-tight">
                  <span>
                    {one.title}: {name(one.kind)}, {term(one.days)}
                  </span>
                  <span class="muted small">
                    {one.reason} ({one.author})
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {editing && (
        <TermDialog kinds={found.kinds} kind={editing} onClose={() => setEditing(undefined)} onDone={done} />
      )}
      {adding && <TermDialog kinds={found.kinds} onClose={() => setAdding(false)} onDone={done} />}
    </>
  );
}

/** Sets the term of `kind`; without one, of a kind for one lesson. */
function TermDialog(props: { kinds: Term[]; kind?: Term; onDone: () => void; onClose: () => void }) {
  const { kinds, onDone, onClose } = props;
  const [kind, setKind] = useState(props.kind?.kind ?? "recordings");
  const [days, setDays] = useState(props.kind ? String(props.kind.days) : "");
  const [lesson, setLesson] = useState("");
  const [reason, setReason] = useState("");
  const [protocol, setProtocol] = useState("");
  const doing = useDoing();
  const rules = kinds.find(one => one.kind === kind);
  const number = /^\d{1,5}$/.test(days) ? Number(days) : 0;
  const short = number > 0 && rules !== undefined && number < rules.least;
  const ready =
    number >= 1 &&
    number <= MOST_DAYS &&
    says(reason) &&
    (!short || protocol.trim() !== "") &&
    (props.kind !== undefined || lesson !== "");
  const save = (): void =>
    void doing.run(async () => {
      await put("/retention/terms", { kind, days: number, reason: reason.trim(), protocol, lesson });
      onDone();
    });
  return (
    <Dialog
      open
      title={props.kind ? props.kind.name : t("retention.own_add")}
      onClose={onClose}
      onSubmit={() => ready && save()}
      testid="term-dialog"
      foot={
        <Button type="submit" look="primary" busy={doing.busy} disabled={!ready} data-testid="term-save">
          {t("retention.save")}
        </Button>
      }
    >
      <div class="stack">
        {!props.kind && (
          <>
            <LessonField label={t("retention.of_lesson")} value={lesson} onValue={setLesson} />
            <Select
              label={t("retention.kind")}
              value={kind}
              options={kinds.map(one => ({ value: one.kind, label: one.name }))}
              onValue={setKind}
              data-testid="term-kind"
            />
          </>
        )}
        <Field
          label={t("retention.term_days")}
          hint={t("retention.term_hint")}
          type="number"
          inputMode="numeric"
          min={1}
          max={MOST_DAYS}
          value={days}
          onValue={setDays}
          data-testid="term-days"
        />
        {short && (
          <>
            <Note tone="warn" testid="term-short">
              {t("retention.short", { term: term(rules.least) })}
            </Note>
            <Field
              label={t("retention.protocol")}
              value={protocol}
              onValue={setProtocol}
              maxLength={200}
              data-testid="term-protocol"
            />
          </>
        )}
        <TextArea
          label={t("retention.reason")}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid="term-reason"
        />
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      </div>
    </Dialog>
  );
}
