/**
 * Who waits to be let in: a list above the participants, and a calm line over the class while that list is
 * out of sight. For who runs the class.
 */
import { Check, DoorOpen, UserPlus, X } from "lucide-preact";
import { t } from "../../i18n";
import type { Waiter } from "../../media/order";
import { Avatar } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { useDesk } from "../context";
import { useAsking } from "./ask";

const MOST = 30; // rows; with more than that nobody reads names, they let everybody in

export function Waiting() {
  const { state } = useDesk().room;
  const { waiting } = state.order.lobby.value;
  const { busy, ask } = useAsking();
  if (!state.rights.value.open || waiting.length === 0) return null;
  return (
    <section class="lobby" aria-label={t("order.lobby")} data-testid="lobby">
      <div class="lobby-head">
        <h3>{t("order.waiting", { count: waiting.length })}</h3>
        <Button
          icon={UserPlus}
          busy={busy}
          onClick={() => void ask("class.admit")}
          data-testid="lobby-admit-all"
        >
          {t("order.admit_all")}
        </Button>
      </div>
      <ul role="list" class="lobby-list">
        {waiting.slice(0, MOST).map(one => (
          <Row key={one.id} one={one} />
        ))}
      </ul>
      {waiting.length > MOST && (
        <p class="small muted">{t("order.waiting_more", { count: waiting.length - MOST })}</p>
      )}
    </section>
  );
}

function Row({ one }: { one: Waiter }) {
  const { busy, ask } = useAsking();
  return (
    <li class="lobby-row" data-testid="lobby-row" data-person={one.id}>
      <Avatar name={one.name} id={one.id} size={36} />
      <span class="person-words">
        <span class="person-name" dir="auto" title={one.name}>
          {one.name}
        </span>
        {one.role === "guest" && <span class="person-note">{t("role.guest")}</span>}
      </span>
      <IconButton
        icon={X}
        label={t("order.refuse_name", { name: one.name })}
        disabled={busy}
        onClick={() => void ask("class.refuse", { person: one.id })}
        data-testid="lobby-refuse"
      />
      <IconButton
        look="primary"
        icon={Check}
        label={t("order.admit_name", { name: one.name })}
        disabled={busy}
        onClick={() => void ask("class.admit", { people: [one.id] })}
        data-testid="lobby-admit"
      />
    </li>
  );
}

/** Over the class, while the list itself is not on the screen. */
export function DoorNotice() {
  const { room, panel } = useDesk();
  const { waiting } = room.state.order.lobby.value;
  const { busy, ask } = useAsking();
  const hidden = panel.value === "people";
  if (!room.state.rights.value.open || waiting.length === 0 || hidden) return null;
  return (
    <div class="banner banner-calm" role="status" data-testid="lobby-notice">
      <DoorOpen size={20} aria-hidden />
      <span class="grow">
        {waiting.length === 1
          ? t("order.waits_one", { name: waiting[0]?.name ?? "" })
          : t("order.waiting", { count: waiting.length })}
      </span>
      <Button onClick={() => (panel.value = "people")} data-testid="lobby-show">
        {t("order.show")}
      </Button>
      <Button
        look="primary"
        busy={busy}
        onClick={() => void ask("class.admit")}
        data-testid="lobby-notice-admit"
      >
        {waiting.length === 1 ? t("order.admit") : t("order.admit_all")}
      </Button>
    </div>
  );
}
