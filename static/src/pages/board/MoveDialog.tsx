/** Several lessons at once: to another day and time, or cancelled, with one reason. */
import { useState } from "preact/hooks";
import { Ban, CalendarArrowUp } from "lucide-preact";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";

const DAY = 86_400_000;

interface Props {
  /** The day the lessons are on, and which. */
  day: string;
  lessons: string[];
  onClose: () => void;
  onDone: () => void;
}

export function MoveDialog({ day, lessons, onClose, onDone }: Props) {
  const [to, setTo] = useState(day);
  const [minutes, setMinutes] = useState("0");
  const [reason, setReason] = useState("");
  const doing = useDoing();
  const days = Math.round((Date.parse(to) - Date.parse(day)) / DAY);
  const shift = Number(minutes) || 0;
  const told = reason.trim().length >= 3;
  const move = (): void =>
    void doing.run(async () => {
      const body = { lessons, days, minutes: shift, reason: reason.trim() };
      const { warnings } = await post<{ warnings: unknown[] }>("/board/move", body);
      toast(warnings.length > 0 ? t("board.moved_clash", { count: warnings.length }) : t("board.moved"));
      onDone();
    });
  const cancel = (): void =>
    void doing.run(async () => {
      await post("/board/cancel", { lessons, reason: reason.trim() });
      toast(t("board.cancelled"));
      onDone();
    });
  return (
    <Dialog
      open
      title={t("board.chosen", { count: lessons.length })}
      onClose={onClose}
      onSubmit={move}
      testid="move-dialog"
      foot={
        <>
          <Button
            look="danger"
            icon={Ban}
            busy={doing.busy}
            disabled={!told}
            onClick={cancel}
            data-testid="move-cancel"
          >
            {t("board.cancel")}
          </Button>
          <Button
            type="submit"
            look="primary"
            icon={CalendarArrowUp}
            busy={doing.busy}
            disabled={!told || Number.isNaN(days) || (days === 0 && shift === 0)}
            data-testid="move-save"
          >
            {t("board.move")}
          </Button>
        </>
      }
    >
      <div class="stack">
        <Field label={t("board.to_day")} type="date" value={to} onValue={setTo} data-testid="move-day" />
        <Field
          label={t("board.by_minutes")}
          type="number"
          min={-1440}
          max={1440}
          step={5}
          value={minutes}
          onValue={setMinutes}
          data-testid="move-minutes"
        />
        <TextArea
          label={t("journal.reason")}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid="move-reason"
        />
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      </div>
    </Dialog>
  );
}
