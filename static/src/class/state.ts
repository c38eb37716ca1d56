/**
 * What everybody in the class may know: its phase, people, chat, who speaks, whose link is weak. The
 * server's words flow in one by one, signals flow out. The welcome is the whole present; replayed events
 * older than it only fill the chat, so a page that comes back after a minute shows the same as one that
 * never left.
 */
import { computed, signal } from "@preact/signals";
import { isObject, NO_RECORDING, readPerson, text, texts } from "../media/wire";
import type {
  Lesson,
  LinkWord,
  Person,
  Recording,
  Rights,
  ServerMessage,
  SessionEvent,
  SessionState,
  Welcome,
} from "../media/wire";
import { meet, Order } from "./order";
import { TalkState } from "./talk/state";

export interface Line {
  n: number;
  /** Name of the group it was said in; `*`: to everybody in every group. */
  group?: string;
  /** ISO 8601. */
  time: string;
  person: string;
  /** As it was when the line was said; the person may be gone by now. */
  name: string;
  text: string;
  key: string;
  role: string;
  /** The one person who reads it beside its writer; empty for everybody. */
  to: string;
  edited: boolean;
  removed: boolean;
}

export interface Coming {
  joined: boolean;
  name: string;
  n: number;
}

const NO_RIGHTS: Rights = { publish: [], chat: false, open: false, close: false, slides: false };
const MOST_LINES = 1000;

export class ClassState {
  readonly phase = signal<SessionState>("planned");
  readonly you = signal("");
  readonly lesson = signal<Lesson | null>(null);
  readonly rights = signal<Rights>(NO_RIGHTS);
  readonly people = signal<ReadonlyMap<string, Person>>(new Map());
  readonly lines = signal<readonly Line[]>([]);
  readonly speaking = signal<ReadonlySet<string>>(new Set());
  readonly recording = signal<Recording>(NO_RECORDING);
  readonly links = signal<Readonly<Record<string, LinkWord>>>({});
  /** Session time of the opening, ISO 8601; empty before. */
  readonly openedAt = signal("");
  readonly closedAt = signal("");
  /** The newest coming or going, for the announcement; never one from before the welcome. */
  readonly coming = signal<Coming | null>(null);
  readonly welcomed = signal(false);
  readonly order = new Order();
  /** Everybody else whom you can see and hear. */
  readonly others = computed(() => {
    const groups = this.order.groups.value;
    const you = this.you.value;
    return [...this.people.value.values()].filter(one => one.id !== you && meet(groups, you, one.id));
  });

  readonly talk = new TalkState();
  private readonly names = new Map<string, string>();
  private readonly groupNames = new Map<string, string>();
  private readonly roles = new Map<string, string>();
  private present = 0;

  /** The name of somebody who is or was here. */
  name(id: string): string {
    return this.people.value.get(id)?.name ?? this.names.get(id) ?? "";
  }

  apply(message: ServerMessage): void {
    this.talk.apply(message, this.you.value, this.present);
    switch (message.type) {
      case "welcome":
        this.welcome(message);
        break;
      case "event":
        this.event(message);
        break;
      case "speaking":
        this.speaking.value = new Set(message.people);
        break;
      case "link":
        this.links.value = { ...this.links.value, ...message.people };
        break;
      case "away":
        this.change(people => {
          for (const [id, person] of people) {
            const away = message.people.includes(id);
            if (person.away !== away) people.set(id, { ...person, away });
          }
        });
        break;
      case "rights":
        this.rights.value = message.rights;
        break;
      case "recording":
        this.recording.value = message.recording;
        break;
      case "moderation":
      case "lobby":
      case "groups":
      case "asked":
        this.order.apply(message);
        break;
      default:
    }
  }

  private welcome(message: Welcome): void {
    this.you.value = message.you;
    this.lesson.value = message.lesson;
    this.rights.value = message.rights;
    this.phase.value = message.state;
    this.present = message.n;
    this.people.value = new Map(message.people.map(person => [person.id, person]));
    for (const person of message.people) {
      this.names.set(person.id, person.name);
      this.roles.set(person.id, person.role);
    }
    this.speaking.value = new Set();
    this.links.value = {};
    this.order.begin();
    this.welcomed.value = true;
  }

  private event(event: SessionEvent): void {
    const { kind, actor, data, n, time } = event;
    const replayed = n <= this.present;
    const name = text(data["name"]);
    if (name) this.names.set(actor, name);
    if (text(data["role"])) this.roles.set(actor, text(data["role"]));
    switch (kind) {
      case "chat.said":
        this.said(event);
        break;
      case "chat.edited":
        this.changeLine(data["line"], { text: text(data["text"]), edited: true });
        break;
      case "chat.removed":
        this.changeLine(data["line"], { text: "", removed: true });
        break;
      case "groups.opened":
        for (const group of Array.isArray(data["groups"]) ? data["groups"].filter(isObject) : []) {
          this.groupNames.set(text(group["id"]), text(group["name"]));
        }
        break;
      case "groups.told":
        this.said(event, "*");
        if (!replayed && actor !== this.you.value) {
          this.order.told.value = { n, name: this.name(actor), text: text(data["text"]) };
        }
        break;
      case "class.muted":
        if (replayed) break;
        this.off(texts(data["people"]), ["mic"]);
        if (texts(data["people"]).includes(this.you.value)) this.order.muted();
        break;
      case "class.ruled":
        if (!replayed) this.ruled(data);
        break;
      case "session.opened":
        this.openedAt.value ||= time;
        if (!replayed) this.phase.value = "open";
        break;
      case "session.closed":
        this.closedAt.value = time;
        if (!replayed) this.phase.value = "closed";
        break;
      case "person.joined":
        if (!replayed) this.joined(actor, data, n);
        break;
      case "person.left":
        if (!replayed) this.left(actor, n);
        break;
      case "media.state":
        if (!replayed) this.switched(actor, data);
        break;
      default:
    }
  }

  private said({ n, time, actor, data }: SessionEvent, group = ""): void {
    const line: Line = {
      n,
      time,
      person: actor,
      name: this.name(actor),
      text: text(data["text"]),
      key: text(data["key"]),
      role: this.roles.get(actor) ?? "",
      to: text(data["to"]),
      edited: data["edited"] === true,
      removed: data["removed"] === true,
    };
    const named = group || this.groupNames.get(text(data["group"]));
    if (named) line.group = named;
    this.lines.value = [...this.lines.value.slice(1 - MOST_LINES), line];
  }

  private changeLine(n: unknown, change: Partial<Line>): void {
    this.lines.value = this.lines.value.map(line =>
      line.n === n && !line.removed ? { ...line, ...change } : line,
    );
  }

  private joined(actor: string, data: Record<string, unknown>, n: number): void {
    const person = readPerson({ ...(isObject(data["person"]) ? data["person"] : data), id: actor });
    if (!person) return;
    const known = this.people.value.has(actor);
    this.names.set(actor, person.name);
    this.change(people => people.set(actor, person));
    if (!known && actor !== this.you.value) this.coming.value = { joined: true, name: person.name, n };
  }

  private left(actor: string, n: number): void {
    const person = this.people.value.get(actor);
    if (!person) return;
    this.change(people => people.delete(actor));
    if (actor !== this.you.value) this.coming.value = { joined: false, name: person.name, n };
  }

  private switched(actor: string, data: Record<string, unknown>): void {
    const person = this.people.value.get(actor);
    if (!person) return;
    const { mic, cam, screen } = data;
    this.change(people =>
      people.set(actor, { ...person, mic: mic === true, cam: cam === true, screen: screen === true }),
    );
  }

  /** What a rule forbids is off at once, for everybody who does not run the class. */
  private ruled(data: Record<string, unknown>): void {
    const sources = (["mic", "cam", "screen"] as const).filter(source => data[`${source}s`] === false);
    const { hosts } = this.order.moderation.value;
    const bound = [...this.people.value.values()].filter(
      person => person.role !== "teacher" && !hosts.includes(person.id),
    );
    this.off(
      bound.map(person => person.id),
      sources,
    );
  }

  private off(ids: readonly string[], sources: readonly ("mic" | "cam" | "screen")[]): void {
    this.change(people => {
      for (const id of ids) {
        const person = people.get(id);
        if (!person?.mic && !person?.cam && !person?.screen) continue;
        const now = { ...person };
        for (const source of sources) now[source] = false;
        people.set(id, now);
      }
    });
  }

  private change(how: (people: Map<string, Person>) => void): void {
    const people = new Map(this.people.value);
    how(people);
    this.people.value = people;
  }
}
