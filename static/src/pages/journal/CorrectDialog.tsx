/** Setting a mark by hand, with a reason. */
import { useState } from "preact/hooks";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { isMark, MARKS, wordOf } from "./marks";

export interface Correcting {
  lesson: string;
  student: string;
  name: string;
  mark: string | undefined;
}

export function CorrectDialog(props: { what: Correcting; onDone: () => void; onClose: () => void }) {
  const { what, onDone, onClose } = props;
  const [mark, setMark] = useState<string>(isMark(what.mark) ? what.mark : "present");
  const [reason, setReason] = useState("");
  const doing = useDoing();
  const save = (): void =>
    void doing.run(async () => {
      await post(`/lessons/${what.lesson}/attendance/${what.student}`, { mark, reason });
      toast(t("journal.saved"));
      onDone();
    });
  return (
    <Dialog open title={t("journal.correct")} onClose={onClose} testid="correct-dialog">
      <div class="stack">
        <p>
          <strong>{what.name}</strong>
        </p>
        <Select
          label={t("journal.mark")}
          value={mark}
          onValue={setMark}
          options={MARKS.map(one => ({ value: one, label: wordOf(one) }))}
          data-testid="correct-mark"
        />
        <TextArea
          label={t("journal.reason")}
          hint={t("journal.reason_hint")}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid="correct-reason"
        />
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
        <Button
          look="primary"
          busy={doing.busy}
          disabled={reason.trim().length < 3}
          onClick={save}
          data-testid="correct-save"
        >
          {t("journal.save")}
        </Button>
      </div>
    </Dialog>
  );
}
