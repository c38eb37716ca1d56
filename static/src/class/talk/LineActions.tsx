/**
 * What can be done with a line of the chat: answer its writer alone, change the own one for some minutes,
 * remove the own one; who runs the class removes any. Shown where the pointer or the focus is.
 */
import { Pencil, Reply, Trash2 } from "lucide-preact";
import { t } from "../../i18n";
import { IconButton } from "../../ui/Button";
import { useDesk } from "../context";
import type { Line } from "../state";
import { ask } from "./actions";

/** As the server's; its clock decides. */
const EDIT_WITHIN = 10 * 60_000; // ms

export function LineActions({ line, own }: { line: Line; own: boolean }) {
  const { room, to, editing } = useDesk();
  const { rights, phase } = room.state;
  if (phase.value !== "open" || !rights.value.chat) return null;
  const leads = rights.value.open;
  const young = Date.now() - Date.parse(line.time) < EDIT_WITHIN;
  return (
    <span class="line-doing">
      {!own && (
        <IconButton
          icon={Reply}
          label={t("talk.write_to", { name: line.name })}
          onClick={() => {
            editing.value = 0;
            to.value = line.person;
          }}
          data-testid="line-reply"
        />
      )}
      {own && young && (
        <IconButton
          icon={Pencil}
          label={t("talk.edit")}
          onClick={() => (editing.value = line.n)}
          data-testid="line-edit"
        />
      )}
      {(own || leads) && (
        <IconButton
          icon={Trash2}
          label={t("talk.remove")}
          onClick={() => void ask(room, "chat.remove", { line: line.n })}
          data-testid="line-remove"
        />
      )}
    </span>
  );
}
