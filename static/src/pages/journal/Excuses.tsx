/** Excuses of a group's students: a list, and one more with a reason and its document. */
import { useState } from "preact/hooks";
import { FileCheck2, Paperclip, Plus, Undo2 } from "lucide-preact";
import { get, post, upload } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { isoDay, shortDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";

interface ExcuseView {
  id: string;
  name: string;
  first: string;
  last: string;
  reason: string;
  document: boolean;
  author: string;
  withdrawn: boolean;
}

interface ExcusesProps {
  group: string;
  students: { id: string; name: string }[];
  /** Marks may be others now. */
  onChange: () => void;
}

export function Excuses({ group, students, onChange }: ExcusesProps) {
  const path = `/groups/${encodeURIComponent(group)}/excuses`;
  const excuses = useResource(signal => get<{ items: ExcuseView[] }>(path, {}, signal), [path]);
  const [adding, setAdding] = useState(false);
  const changed = (): void => {
    excuses.reload();
    onChange();
  };
  const withdraw = async (id: string): Promise<void> => {
    const reason = window.prompt(t("excuse.why_withdraw"))?.trim() ?? "";
    if (reason.length < 3) return;
    try {
      await post(`${path}/${id}/withdraw`, { reason });
      changed();
    } catch (error) {
      toast(explain(error), "fault");
    }
  };
  return (
    <Card
      title={t("excuse.title")}
      testid="excuses"
      actions={
        may("attendance.excuse") && (
          <Button icon={Plus} onClick={() => setAdding(true)} data-testid="excuse-add">
            {t("excuse.add")}
          </Button>
        )
      }
    >
      <Load of={excuses} lines={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">{t("excuse.none")}</p>
          ) : (
            <ul class="plain-list" role="list">
              {items.map(one => (
                <li key={one.id} data-testid="excuse">
                  <span class="stack-tight">
                    <span>
                      {one.name}, {shortDay(one.first)} – {shortDay(one.last)}{" "}
                      {one.withdrawn && <Badge>{t("excuse.withdrawn")}</Badge>}
                    </span>
                    <span class="muted small">
                      {one.reason} ({one.author})
                    </span>
                  </span>
                  <span class="row">
                    {one.document && (
                      <ButtonLink
                        icon={Paperclip}
                        href={`/api/v1${path}/${one.id}/document`}
                        target="_blank"
                        data-testid="excuse-document"
                      >
                        {t("excuse.document")}
                      </ButtonLink>
                    )}
                    {may("attendance.excuse") && !one.withdrawn && (
                      <Button look="quiet" icon={Undo2} onClick={() => void withdraw(one.id)}>
                        {t("guests.withdraw")}
                      </Button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
      {adding && (
        <ExcuseDialog
          path={path}
          students={students}
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            changed();
          }}
        />
      )}
    </Card>
  );
}

function ExcuseDialog(props: {
  path: string;
  students: ExcusesProps["students"];
  onDone: () => void;
  onClose: () => void;
}) {
  const { path, students, onDone, onClose } = props;
  const [student, setStudent] = useState("");
  const [first, setFirst] = useState(isoDay(new Date()));
  const [last, setLast] = useState(isoDay(new Date()));
  const [reason, setReason] = useState("");
  const [file, setFile] = useState<File>();
  const doing = useDoing();
  const save = (): void =>
    void doing.run(async () => {
      await upload(path, { student, first, last, reason: reason.trim() }, file ?? new Blob());
      toast(t("excuse.saved"));
      onDone();
    });
  const ready = student !== "" && first !== "" && last !== "" && reason.trim().length >= 3;
  return (
    <Dialog
      open
      title={t("excuse.add")}
      onClose={onClose}
      onSubmit={save}
      testid="excuse-dialog"
      foot={
        <Button
          type="submit"
          look="primary"
          icon={FileCheck2}
          busy={doing.busy}
          disabled={!ready}
          data-testid="excuse-save"
        >
          {t("journal.save")}
        </Button>
      }
    >
      <div class="stack">
        <Select
          label={t("journal.student")}
          none={t("excuse.choose")}
          value={student}
          options={students.map(({ id, name }) => ({ value: id, label: name }))}
          onValue={setStudent}
          data-testid="excuse-student"
        />
        <div class="journal-filters">
          <Field
            label={t("journal.from")}
            type="date"
            value={first}
            onValue={setFirst}
            data-testid="excuse-first"
          />
          <Field
            label={t("journal.until")}
            type="date"
            value={last}
            onValue={setLast}
            data-testid="excuse-last"
          />
        </div>
        <TextArea
          label={t("journal.reason")}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid="excuse-reason"
        />
        <label class="field">
          <span class="field-label">{t("excuse.file")}</span>
          <input
            type="file"
            class="input"
            accept=".pdf,image/jpeg,image/png"
            onChange={event => setFile(event.currentTarget.files?.[0])}
            data-testid="excuse-file"
          />
          <span class="field-hint">{t("excuse.file_hint")}</span>
        </label>
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      </div>
    </Dialog>
  );
}
