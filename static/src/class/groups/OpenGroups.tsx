/** Groups that are open: who is where, going in and out, more time, a word to everybody, calling back. */
import { Clock, DoorOpen, LogOut, Megaphone, Undo2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Group } from "../../media/order";
import { Avatar } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { toast } from "../../ui/Toast";
import { useDesk } from "../context";
import { useAsking } from "../moderation/ask";
import { placesOf } from "../order";
import { Left } from "./GroupsBar";
import { divided } from "./split";

const MORE = 5 * 60; // seconds
const SOON = 60;

export function OpenGroups({ onClose }: { onClose: () => void }) {
  const { state } = useDesk().room;
  const { busy, ask } = useAsking();
  const groups = state.order.groups.value;
  const placed = new Set(groups.groups.flatMap(group => group.people));
  const main = [...state.people.value.values()].filter(person => !placed.has(person.id) && divided(person));
  const call = async (): Promise<void> => {
    if (await ask("groups.close")) onClose();
  };
  const soon = async (): Promise<void> => {
    if (await ask("groups.time", { seconds: SOON })) toast(t("groups.soon_done"));
  };
  const more = (): void => {
    const from = groups.ends ? Math.max(0, Date.parse(groups.ends) - Date.now()) / 1000 : 0;
    void ask("groups.time", { seconds: Math.round(from) + MORE });
  };
  return (
    <div class="stack">
      <div class="groups-time">
        <Left />
        <Button icon={Clock} disabled={busy} onClick={more} data-testid="groups-more-time">
          {t("groups.more_time")}
        </Button>
        <Button icon={Clock} disabled={busy} onClick={() => void soon()} data-testid="groups-soon">
          {t("groups.soon")}
        </Button>
        <Button
          look="primary"
          icon={Undo2}
          busy={busy}
          onClick={() => void call()}
          data-testid="groups-close-all"
        >
          {t("groups.call_back")}
        </Button>
      </div>
      <Tell />
      <ul role="list" class="groups-list">
        {groups.groups.map(group => (
          <One key={group.id} group={group} />
        ))}
      </ul>
      {main.length > 0 && (
        <section class="group" aria-label={t("groups.main")}>
          <h3>{t("groups.main")}</h3>
          {main.map(person => (
            <Member key={person.id} id={person.id} place="" />
          ))}
        </section>
      )}
    </div>
  );
}

function Tell() {
  const { room } = useDesk();
  const [words, setWords] = useState("");
  const { busy, ask } = useAsking();
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = words.trim();
    if (!text) return;
    const key = `${room.state.you.value.slice(-8)}.${Date.now()}`;
    if (!(await ask("groups.tell", { key, text }))) return;
    setWords("");
    toast(t("groups.tell_done"));
  };
  return (
    <form class="groups-tell" onSubmit={event => void send(event)}>
      <Field
        label={t("groups.tell")}
        value={words}
        onValue={setWords}
        maxLength={500}
        data-testid="groups-tell"
      />
      <Button type="submit" icon={Megaphone} busy={busy} data-testid="groups-tell-send">
        {t("groups.tell_send")}
      </Button>
    </form>
  );
}

function One({ group }: { group: Group }) {
  const { state } = useDesk().room;
  const { busy, ask } = useAsking();
  const visits = placesOf(state.order.groups.value, state.you.value);
  const there = visits.includes(group.id);
  const others = there ? visits.filter(id => id !== group.id) : [...visits, group.id];
  return (
    <li class={there ? "group group-here" : "group"} data-testid="group" data-group={group.id}>
      <div class="group-head">
        <h3 dir="auto">{group.name}</h3>
        <span class="small muted">{t("groups.people", { count: group.people.length })}</span>
        {!there && (
          <Button
            icon={DoorOpen}
            busy={busy}
            onClick={() => void ask("groups.visit", { groups: [group.id] })}
            data-testid="group-visit"
          >
            {t("groups.visit")}
          </Button>
        )}
        {there && (
          <Button
            icon={LogOut}
            busy={busy}
            onClick={() => void ask("groups.visit", { groups: others })}
            data-testid="group-leave"
          >
            {t("groups.leave")}
          </Button>
        )}
        {!there && visits.length > 0 && (
          <Button
            look="quiet"
            disabled={busy}
            onClick={() => void ask("groups.visit", { groups: others })}
            data-testid="group-also"
          >
            {t("groups.visit_also")}
          </Button>
        )}
      </div>
      {group.people.map(id => (
        <Member key={id} id={id} place={group.id} />
      ))}
      {group.people.length === 0 && <p class="small muted">{t("groups.empty")}</p>}
    </li>
  );
}

function Member({ id, place }: { id: string; place: string }) {
  const { state } = useDesk().room;
  const { ask } = useAsking();
  const name = state.name(id);
  const here = state.people.value.has(id);
  return (
    <div class="group-member">
      <Avatar name={name} id={id} size={28} />
      <span class="person-words">
        <span class="person-name" dir="auto">
          {name}
        </span>
        {!here && <span class="person-note">{t("groups.gone")}</span>}
      </span>
      {here && (
        <Select
          bare
          label={t("groups.of_name", { name })}
          value={place}
          none={t("groups.main")}
          onValue={group => void ask("groups.move", { person: id, group })}
          options={state.order.groups.value.groups.map(group => ({ value: group.id, label: group.name }))}
          data-testid="group-move"
          data-person={id}
        />
      )}
    </div>
  );
}
