/**
 * Groups for who runs the class: made at random, from a pasted list or by hand; and while they are open
 * visited, changed, spoken to and called back.
 */
import { t } from "../../i18n";
import { Dialog } from "../../ui/Dialog";
import { useDesk } from "../context";
import { MakeGroups } from "./MakeGroups";
import { OpenGroups } from "./OpenGroups";

export function GroupsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { state } = useDesk().room;
  const running = state.order.groups.value.open;
  return (
    <Dialog open={open} title={t("groups.title")} onClose={onClose} wide testid="dialog-groups">
      {running ? <OpenGroups onClose={onClose} /> : <MakeGroups onClose={onClose} />}
    </Dialog>
  );
}
