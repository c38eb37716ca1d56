/**
 * The small pictures: you, who speaks, the others by pages; people without a camera fill what is left.
 * The room they get decides how many slots are open, the rest is hidden and costs nothing.
 */
import { ChevronLeft, ChevronRight, Pin, PinOff } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import type { Slot } from "../media/slot";
import type { Person } from "../media/wire";
import { IconButton } from "../ui/Button";
import { useDesk, useSize } from "./context";
import { Face, NameTag, OwnVideo } from "./Face";
import { grid, pages, strip, type Fit } from "./layout";
import { SlotPicture } from "./SlotPicture";

export function Tiles() {
  const desk = useDesk();
  const { room, narrow } = desk;
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const slots = [
    room.media.slots.get("speaker"),
    ...room.media.tiles.map(name => room.media.slots.get(name)),
  ];
  const all = slots.filter((slot): slot is Slot => slot !== undefined);
  const most = all.length + 1;
  const fit: Fit = narrow.value ? grid(width, height, most) : strip(width, height, most);
  const places = Math.max(1, fit.columns * fit.rows);
  const open = all.slice(0, Math.max(2, places - 1));

  // A slot that is empty now still says how high it would be drawn: so the server knows what to fill.
  useEffect(() => {
    all.forEach((slot, index) => {
      const drawn = index < open.length && height > 0;
      room.media.view.size(slot.name, drawn ? fit.height : 0, devicePixelRatio);
    });
  }, [open.length, fit.height, height > 0]);

  const stage = room.media.slots.get("stage")?.shown.value;
  const pictured = new Set(open.map(slot => slot.shown.value.person).filter(Boolean));
  const large = stage?.person || presenter(room.state.others.value)?.id;
  if (large) pictured.add(large);
  // As the media worker counts (media/flow/slots.py): cameras that are neither on the stage nor the
  // speaker's go to the tiles, as many on a page as tiles are open.
  const apart = new Set([stage?.source === "cam" ? stage.person : "", open[0]?.shown.value.person ?? ""]);
  const onCamera = room.state.others.value.filter(person => person.cam && !apart.has(person.id));
  const count = pages(onCamera.length, open.length - 1);
  useEffect(() => {
    desk.pages.value = count;
    if (desk.page.value >= count) desk.page.value = count - 1;
  }, [count]);

  const filled = open.filter(slot => slot.shown.value.person);
  const left = places - 1 - filled.length;
  const plain = desk.page.value === 0 ? without(room.state.others.value, pictured, left) : [];
  return (
    <section class="tiles" aria-label={t("class.tiles")}>
      {count > 1 && <Turn by={-1} />}
      <div class="tiles-box" ref={box}>
        <div
          class="tiles-grid"
          style={{ "--tile-width": `${fit.width}px`, "--tile-height": `${fit.height}px` }}
        >
          <OwnTile />
          {open.map(slot => (
            <SlotTile key={slot.name} slot={slot} />
          ))}
          {plain.map(person => (
            <PlainTile key={person.id} person={person} />
          ))}
        </div>
      </div>
      {count > 1 && <Turn by={1} />}
    </section>
  );
}

/** Whose plate the stage shows while nobody is on it. */
export function presenter(others: readonly Person[]): Person | undefined {
  return others.find(person => person.role === "teacher");
}

/** People who have no picture on the page; who speaks comes first. */
function without(others: readonly Person[], pictured: ReadonlySet<string>, places: number): Person[] {
  if (places <= 0) return [];
  return others.filter(person => !pictured.has(person.id)).slice(0, places);
}

function Turn({ by }: { by: 1 | -1 }) {
  const { page, pages: count } = useDesk();
  const to = page.value + by;
  const possible = to >= 0 && to < count.value;
  return (
    <div class="turn">
      <IconButton
        icon={by > 0 ? ChevronRight : ChevronLeft}
        label={by > 0 ? t("class.next_page") : t("class.previous_page")}
        disabled={!possible}
        onClick={() => (page.value = to)}
        data-testid={by > 0 ? "tiles-next" : "tiles-previous"}
      />
      {by > 0 && (
        <span class="turn-page small numbers muted" data-testid="tiles-page">
          {t("class.page", { page: page.value + 1, pages: count.value })}
        </span>
      )}
    </div>
  );
}

function OwnTile() {
  const { room } = useDesk();
  const you = room.state.people.value.get(room.state.you.value);
  const track = room.local.cam.track.value;
  const name = you?.name ?? "";
  const speaks = room.state.speaking.value.has(room.state.you.value);
  return (
    <div class={speaks ? "tile tile-speaks" : "tile"} data-testid="tile-own" data-person={you?.id}>
      {track ? <OwnVideo track={track} /> : <Face name={name} id={you?.id ?? ""} />}
      <NameTag
        name={t("class.you")}
        mic={room.local.mic.state.value === "on"}
        speaks={speaks}
        hand={room.state.talk.raised.value.has(room.state.you.value)}
      />
    </div>
  );
}

function SlotTile({ slot }: { slot: Slot }) {
  const { room } = useDesk();
  const { person, source, ready } = slot.shown.value;
  const speaks = room.state.speaking.value.has(person);
  const lost =
    room.state.links.value[person] === "lost" || room.state.people.value.get(person)?.away === true;
  const classes = ["tile", speaks && "tile-speaks", !person && "tile-empty", lost && "tile-away"];
  return (
    <div
      class={classes.filter(Boolean).join(" ")}
      data-testid={person ? "tile" : undefined}
      data-slot={slot.name}
      data-person={person}
      data-source={person ? source : ""}
      data-ready={ready}
      aria-hidden={person ? undefined : true}
    >
      <SlotPicture slot={slot} fit={source === "screen" ? "contain" : "cover"}>
        {person && <PinButton person={person} />}
        {person && lost && <span class="tile-note">{t("class.away")}</span>}
      </SlotPicture>
    </div>
  );
}

function PlainTile({ person }: { person: Person }) {
  const { room } = useDesk();
  const speaks = room.state.speaking.value.has(person.id);
  return (
    <div
      class={speaks ? "tile tile-speaks" : "tile"}
      data-testid="tile"
      data-person={person.id}
      data-source=""
    >
      <Face name={person.name} id={person.id} />
      <NameTag
        name={room.together.named(person.id, person.name)}
        mic={person.mic}
        speaks={speaks}
        hand={room.state.talk.raised.value.has(person.id)}
      />
      {person.away && <span class="tile-note">{t("class.away")}</span>}
    </div>
  );
}

function PinButton({ person }: { person: string }) {
  const { pinned, room } = useDesk();
  const mine = pinned.value === person;
  const name = room.state.name(person);
  return (
    <IconButton
      class="on-picture tile-pin"
      icon={mine ? PinOff : Pin}
      label={mine ? t("class.unpin") : t("class.pin_name", { name })}
      aria-pressed={mine}
      onClick={() => (pinned.value = mine ? "" : person)}
      data-testid="tile-pin"
    />
  );
}
