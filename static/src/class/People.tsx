/**
 * Who is here: you first, then who runs the class, then everybody by name; with what they have switched
 * on and who speaks. Long lists get a search; rows of several hundred people stay light because each row
 * is drawn only when its person changes.
 */
import {
  EllipsisVertical,
  Hand,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  Video,
  VideoOff,
  Volume2,
  WifiOff,
} from "lucide-preact";
import { memo } from "preact/compat";
import { useCallback, useState } from "preact/hooks";
import { language, maybe, t } from "../i18n";
import type { Groups } from "../media/order";
import type { LinkWord, Person } from "../media/wire";
import { Avatar } from "../ui/Badge";
import { Button, IconButton, type Icon } from "../ui/Button";
import { Field } from "../ui/Field";
import { useDesk } from "./context";
import { inOrder } from "./layout";
import { Waiting } from "./moderation/Door";
import { MuteAll } from "./moderation/RulesDialog";
import { placesOf } from "./order";
import type { Gathered } from "./together/together";
import { Hands } from "./talk/Hands";

const SEARCH_FROM = 12;

export function People() {
  const { room, to, panel, editing, person: chosen, dialog } = useDesk();
  const { state } = room;
  const write = useCallback((person: string) => {
    editing.value = 0;
    to.value = person;
    panel.value = "chat";
  }, []);
  const more = useCallback((person: string) => {
    chosen.value = person;
    dialog.value = "person";
  }, []);
  const [query, setQuery] = useState("");
  const runs = state.rights.value.open && state.phase.value === "open";
  const struggling = new Set(
    Object.entries(state.links.value).flatMap(([id, word]) => (word === "good" ? [] : [id])),
  );
  const all = inOrder(
    state.people.value.values(),
    state.you.value,
    language.value,
    runs ? struggling : undefined,
  );
  const { hosts } = state.order.moderation.value;
  const groups = state.order.groups.value;
  const rooms = room.together.rooms.value;
  const wanted = query.trim().toLocaleLowerCase();
  const shown = wanted ? all.filter(person => person.name.toLocaleLowerCase().includes(wanted)) : all;
  return (
    <div class="people">
      <Waiting />
      <Hands />
      {runs && <Tools />}
      <p class="small muted" data-testid="people-count">
        {state.phase.value === "open" ? t("class.here", { count: all.length }) : t("class.people_later")}
      </p>
      {all.length >= SEARCH_FROM && (
        <Field
          bare
          type="search"
          label={t("class.find_person")}
          placeholder={t("class.find_person")}
          value={query}
          onValue={setQuery}
          data-testid="people-search"
        />
      )}
      <ul role="list" class="people-list" data-testid="people-list">
        {shown.map(person => (
          <Row
            key={person.id}
            person={person}
            you={person.id === state.you.value}
            speaks={state.speaking.value.has(person.id)}
            hand={state.talk.raised.value.has(person.id)}
            onWrite={state.rights.value.chat && person.id !== state.you.value ? write : null}
            link={state.links.value[person.id] ?? "good"}
            lang={language.value}
            host={hosts.includes(person.id)}
            group={groupOf(groups, person.id)}
            several={severalOf(rooms.get(person.id))}
            onMore={runs && person.id !== state.you.value ? more : undefined}
          />
        ))}
      </ul>
      {wanted && shown.length === 0 && <p class="muted">{t("class.nobody_found")}</p>}
    </div>
  );
}

/** What is done to everybody at once. */
function Tools() {
  const { dialog } = useDesk();
  return (
    <div class="people-tools">
      <MuteAll />
      <Button onClick={() => (dialog.value = "rules")} data-testid="people-rules">
        {t("order.rules_short")}
      </Button>
    </div>
  );
}

function severalOf(gathered: Gathered | undefined): string {
  return gathered ? t("together.room_of", { room: gathered.name, count: gathered.count }) : "";
}

function groupOf(groups: Groups, person: string): string {
  const places = placesOf(groups, person);
  return groups.groups
    .filter(group => places.includes(group.id))
    .map(group => group.name)
    .join(", ");
}

interface RowProps {
  person: Person;
  you: boolean;
  speaks: boolean;
  hand: boolean;
  /** Write to them alone; null where one may not. */
  onWrite: ((person: string) => void) | null;
  link: LinkWord;
  /** Part of the props so that a change of language draws the row again. */
  lang: string;
  /** Runs the class because a teacher said so. */
  host: boolean;
  /** The groups they are in, while there are groups. */
  group: string;
  /** The room they share with others at one device, and how many they are. */
  several: string;
  onMore: ((id: string) => void) | undefined;
}

const Row = memo(function Row(props: RowProps) {
  const { person, you, speaks, hand, onWrite, link, host, group, several, onMore } = props;
  const role = host ? t("order.host") : maybe(`class.role.${person.role}`);
  const gone = person.away || link === "lost";
  const plain = [you && t("class.you"), role, group, several].filter(Boolean).join(", ");
  const note = gone ? t("class.away") : link === "weak" ? t("class.weak") : plain;
  return (
    <li
      class={speaks ? "person person-speaks" : "person"}
      data-testid="person-row"
      data-person={person.id}
      data-speaking={speaks}
      data-away={person.away}
    >
      <Avatar name={person.name} id={person.id} size={36} />
      <span class="person-words">
        <span class="person-name" dir="auto" title={person.name}>
          {person.name}
        </span>
        {note && (
          <span class={gone || link === "weak" ? "person-note person-note-warn" : "person-note"}>{note}</span>
        )}
      </span>
      {onWrite && (
        <IconButton
          class="person-write"
          tabIndex={-1} // the choice above the chat's field is for the keyboard; here it would be 300 stops
          icon={MessageSquare}
          label={t("talk.write_to", { name: person.name })}
          onClick={() => onWrite(person.id)}
          data-testid="person-write"
        />
      )}
      <span class="person-marks">
        {hand && <Mark icon={Hand} words={t("talk.hand_is_up")} accent />}
        {gone && <Mark icon={WifiOff} words={t("class.away")} />}
        {speaks && <Mark icon={Volume2} words={t("class.speaking")} accent />}
        {person.screen && <Mark icon={MonitorUp} words={t("class.screen_is_on")} accent />}
        {person.cam ? (
          <Mark icon={Video} words={t("class.cam_is_on")} />
        ) : (
          <Mark icon={VideoOff} words={t("class.cam_is_off")} faint />
        )}
        {person.mic ? (
          <Mark icon={Mic} words={t("class.mic_is_on")} />
        ) : (
          <Mark icon={MicOff} words={t("class.mic_is_off")} faint />
        )}
      </span>
      {onMore && (
        <IconButton
          class="person-more"
          icon={EllipsisVertical}
          label={t("order.more", { name: person.name })}
          onClick={() => onMore(person.id)}
          data-testid="person-more"
        />
      )}
    </li>
  );
});

function Mark(props: { icon: Icon; words: string; accent?: boolean; faint?: boolean }) {
  const { icon: Picture, words, accent, faint } = props;
  return (
    <span
      class={["mark-state", accent && "mark-accent", faint && "mark-faint"].filter(Boolean).join(" ")}
      title={words}
    >
      <Picture size={18} aria-hidden />
      <span class="hidden-text">{words}</span>
    </span>
  );
}
