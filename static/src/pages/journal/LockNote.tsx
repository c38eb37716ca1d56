/** Says that a journal is locked or reopened; the office head opens it again for some days. */
import { useState } from "preact/hooks";
import { LockOpen } from "lucide-preact";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { isoDay, longDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";

export interface Lock {
  semester: string;
  name: string;
  locked: boolean;
  since: string;
  reopened: string;
}

const WEEK = 7 * 86_400_000;

export function LockNote({ group, lock, onChange }: { group: string; lock: Lock; onChange: () => void }) {
  const [opening, setOpening] = useState(false);
  const [until, setUntil] = useState(isoDay(new Date(Date.now() + WEEK)));
  const [reason, setReason] = useState("");
  const doing = useDoing();
  if (!lock.locked && !lock.reopened) return null;
  const save = (): void =>
    void doing.run(async () => {
      const body = { semester: lock.semester, until, reason: reason.trim() };
      await post(`/groups/${encodeURIComponent(group)}/journal/reopen`, body);
      setOpening(false);
      onChange();
    });
  return (
    <Note tone="warn" testid="journal-lock">
      <div class="row">
        <span>
          {lock.locked
            ? t("lock.since", { day: longDay(lock.since), semester: lock.name })
            : t("lock.open_until", { day: longDay(lock.reopened.slice(0, 10)) })}
        </span>
        {lock.locked && may("journal.reopen") && (
          <Button icon={LockOpen} onClick={() => setOpening(true)} data-testid="journal-reopen">
            {t("lock.reopen")}
          </Button>
        )}
      </div>
      <Dialog
        open={opening}
        title={t("lock.reopen")}
        onClose={() => setOpening(false)}
        onSubmit={save}
        testid="reopen-dialog"
        foot={
          <Button
            type="submit"
            look="primary"
            busy={doing.busy}
            disabled={reason.trim().length < 3}
            data-testid="reopen-save"
          >
            {t("lock.reopen")}
          </Button>
        }
      >
        <div class="stack">
          <Field
            label={t("lock.until")}
            type="date"
            value={until}
            onValue={setUntil}
            data-testid="reopen-until"
          />
          <TextArea
            label={t("journal.reason")}
            hint={t("journal.reason_hint")}
            value={reason}
            onValue={setReason}
            maxLength={500}
            data-testid="reopen-reason"
          />
          {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
        </div>
      </Dialog>
    </Note>
  );
}
