/** A dialog that asks for a reason before something is done. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { Button, type Look } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { says } from "./shapes";

interface Props {
  title: string;
  label: string;
  action: string;
  look?: Look;
  testid: string;
  children?: ComponentChildren;
  /** Something else is missing yet. */
  incomplete?: boolean;
  onSave: (reason: string) => Promise<void>;
  onClose: () => void;
}

export function ReasonDialog(props: Props) {
  const { title, label, action, look = "primary", testid, children, incomplete, onSave, onClose } = props;
  const [reason, setReason] = useState("");
  const doing = useDoing();
  const ready = says(reason) && !incomplete;
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      onSubmit={() => ready && void doing.run(() => onSave(reason.trim()))}
      testid={testid}
      foot={
        <Button type="submit" look={look} busy={doing.busy} disabled={!ready} data-testid={`${testid}-save`}>
          {action}
        </Button>
      }
    >
      <div class="stack">
        {children}
        <TextArea
          label={label}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid={`${testid}-reason`}
        />
        {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      </div>
    </Dialog>
  );
}
