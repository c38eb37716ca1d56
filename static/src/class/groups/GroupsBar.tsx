/**
 * The line above the pictures while there are groups: where you are, how long it lasts, that it is not
 * recorded; for who runs the class also the way back. And what the teacher says to everybody.
 */
import { computed } from "@preact/signals";
import { Megaphone, Undo2, Users, X } from "lucide-preact";
import { useMemo } from "preact/hooks";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { useDesk, useSecond } from "../context";
import { elapsed } from "../layout";
import { useAsking } from "../moderation/ask";
import { placesOf } from "../order";

const SOON = 60_000; // ms before the end from which the time stands out

export function GroupsBar() {
  const { room } = useDesk();
  const { groups, told } = room.state.order;
  if (!groups.value.open) return null;
  const word = told.value;
  return (
    <div class="groups-bar" data-testid="groups-bar">
      <Where />
      {word && (
        <div class="groups-told" role="status" data-testid="groups-told">
          <Megaphone size={18} aria-hidden />
          <span class="grow" dir="auto">
            <b>{word.name}:</b> {word.text}
          </span>
          <IconButton icon={X} label={t("action.close")} onClick={() => (told.value = null)} />
        </div>
      )}
    </div>
  );
}

function Where() {
  const { room, dialog } = useDesk();
  const { state } = room;
  const { ask, busy } = useAsking();
  const places = useMemo(
    () => computed(() => placesOf(state.order.groups.value, state.you.value)),
    [state],
  ).value;
  const groups = state.order.groups.value;
  const runs = state.rights.value.open;
  const names = groups.groups.filter(group => places.includes(group.id)).map(group => group.name);
  const people = state.others.value.length + 1;
  return (
    <div class="groups-where">
      <Users size={18} aria-hidden />
      <span class="groups-name" role="status" data-testid="groups-place" data-places={places.join(" ")}>
        <b>{names.length > 0 ? names.join(", ") : t("groups.main")}</b>
        <span class="small muted">
          {names.length > 0
            ? `${t("groups.people", { count: people })} · ${t("groups.not_recorded")}`
            : t("groups.at_work")}
        </span>
      </span>
      <Left />
      {runs && (
        <>
          <Button onClick={() => (dialog.value = "groups")} data-testid="groups-manage">
            {t("groups.manage")}
          </Button>
          <Button
            look="primary"
            icon={Undo2}
            busy={busy}
            onClick={() => void ask("groups.close")}
            data-testid="groups-close"
          >
            {t("groups.call_back")}
          </Button>
        </>
      )}
    </div>
  );
}

/** The group that a line written now is for; empty: everybody. */
export function useGroupHere(): string {
  const { state } = useDesk().room;
  const groups = state.order.groups.value;
  const places = placesOf(groups, state.you.value);
  return places.length === 1 ? (groups.groups.find(group => group.id === places[0])?.name ?? "") : "";
}

/** How long the groups last yet; nothing where there is no end. */
export function Left() {
  const { ends } = useDesk().room.state.order.groups.value;
  const now = useSecond(ends !== "");
  if (!ends) return null;
  const left = Math.max(0, Date.parse(ends) - now);
  const time = elapsed(left);
  return (
    <span
      class={left < SOON ? "groups-left groups-soon numbers" : "groups-left numbers"}
      role="timer"
      data-testid="groups-left"
    >
      {t("groups.left", { time })}
    </span>
  );
}
