/**
 * The words of the class WebSocket (docs/architecture.md, "The class WebSocket"): what the page says,
 * what the server says, and one reader that turns a text frame into a known message or nothing. Text
 * flows in, typed messages flow out; a field that is missing or of the wrong kind becomes its neutral
 * value, so a newer or older server never breaks the page.
 */
import { readOrder, type OrderMessage } from "./order";

export type Source = "mic" | "cam" | "screen";
export type LinkWord = "good" | "weak" | "lost";
/** `lobby`: the class is open and you wait to be let in. */
export type SessionState = "planned" | "lobby" | "open" | "closed";

export interface Person {
  id: string;
  name: string;
  role: string;
  mic: boolean;
  cam: boolean;
  screen: boolean;
  hand: boolean;
  /** Their last connection dropped a moment ago; they are expected back. */
  away: boolean;
}

export interface Rights {
  publish: Source[];
  chat: boolean;
  open: boolean;
  close: boolean;
  slides: boolean;
}

export interface Lesson {
  id: string;
  title: string;
  kind: string;
  discipline: string;
  teachers: { id: string; name: string }[];
  starts: string;
  ends: string;
}

export interface Welcome {
  type: "welcome";
  you: string;
  lesson: Lesson;
  session: string;
  state: SessionState;
  n: number;
  people: Person[];
  rights: Rights;
  /** Of the media worker that still holds this seat's connection; empty when none does. */
  epoch: string;
  iceServers: RTCIceServer[];
}

export interface SessionEvent {
  type: "event";
  n: number;
  time: string;
  kind: string;
  actor: string;
  /** Everything else the event says, by its own kind. */
  data: Record<string, unknown>;
}

/** From `firstRtpTime` (the slot's own RTP clock) on, `slot` shows `person`'s `source`. */
export interface Assigned {
  type: "assigned";
  slot: string;
  person: string;
  source: Source;
  generation: number;
  firstRtpTime: number;
}

/** Of what is sent in layers: drawn at most so many pixels high, 0 for as large as there is. */
export interface Needed {
  type: "needed";
  source: Source;
  height: number;
}

/** How the recording of the class stands, from what grows on the server's disk. */
export interface Recording {
  on: boolean;
  paused: boolean;
  tracks: number;
  bytes: number;
  /** A code where something is wrong, empty when all is well. */
  problem: string;
  /** It is recorded only while everybody agrees; those who do. */
  asks: boolean;
  agreed: string[];
}

export const NO_RECORDING: Recording = {
  on: false,
  paused: false,
  tracks: 0,
  bytes: 0,
  problem: "",
  asks: false,
  agreed: [],
};

/** How one poll stands. `withheld`: so few votes that counts would tell who voted what. */
export interface PollCounts {
  poll: number;
  votes: number;
  counts: number[];
  texts: string[];
  withheld: boolean;
}

export type ServerMessage =
  | Welcome
  | SessionEvent
  | Assigned
  | { type: "ok"; id: string; data: Record<string, unknown> }
  | { type: "error"; id: string; code: string; message: string; retryAfter: number }
  | Needed
  | { type: "speaking"; people: string[] }
  | { type: "link"; people: Record<string, LinkWord> }
  | { type: "away"; people: string[] }
  | { type: "rights"; rights: Rights }
  | { type: "recording"; recording: Recording }
  | { type: "reactions"; counts: Record<string, number> }
  | { type: "polls"; polls: PollCounts[] }
  /** Something of this person's exam, or of the exam itself, has changed: ask for it again. */
  | { type: "exam"; n: number; person: string }
  /** What is told of slides in passing; read in class/slides. */
  | { type: "slides"; word: string; data: Record<string, unknown> }
  | { type: "media.lost" }
  | { type: "media.silent" }
  | OrderMessage
  | { type: "bye"; code: string; reason: string };

type Json = Record<string, unknown>;

const SOURCES: readonly string[] = ["mic", "cam", "screen"];

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown, otherwise = ""): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : otherwise;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(item => text(item)).filter(Boolean) : [];
}

export function readPerson(value: unknown): Person | null {
  if (!isObject(value)) return null;
  const id = text(value["id"]);
  if (!id) return null;
  return {
    id,
    name: text(value["name"]) || id,
    role: text(value["role"]),
    mic: value["mic"] === true,
    cam: value["cam"] === true,
    screen: value["screen"] === true,
    hand: value["hand"] === true,
    away: value["away"] === true,
  };
}

function readLesson(value: unknown): Lesson {
  const from = isObject(value) ? value : {};
  const teachers = Array.isArray(from["teachers"]) ? from["teachers"].filter(isObject) : [];
  return {
    id: text(from["id"]) || text(value),
    title: text(from["title"]),
    kind: text(from["kind"]),
    discipline: isObject(from["discipline"]) ? text(from["discipline"]["name"]) : text(from["discipline"]),
    teachers: teachers.map(one => ({ id: text(one["id"]), name: text(one["name"]) })),
    starts: text(from["starts"]),
    ends: text(from["ends"]),
  };
}

function readState(value: unknown): SessionState {
  const word = isObject(value) ? text(value["state"]) : text(value);
  return word === "open" || word === "closed" || word === "lobby" ? word : "planned";
}

function readRights(value: unknown): Rights {
  const from = isObject(value) ? value : {};
  return {
    publish: texts(from["publish"]).filter((word): word is Source => SOURCES.includes(word)),
    chat: from["chat"] === true,
    open: from["open"] === true,
    close: from["close"] === true,
    slides: from["slides"] === true,
  };
}

function readIceServers(value: unknown): RTCIceServer[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(one => {
    const urls = Array.isArray(one["urls"]) ? texts(one["urls"]) : [text(one["urls"])];
    const known = urls.filter(url => /^(stun|turn)s?:/.test(url));
    if (known.length === 0) return [];
    return [{ urls: known, username: text(one["username"]), credential: text(one["credential"]) }];
  });
}

function readWelcome(from: Json): Welcome {
  const people = Array.isArray(from["people"]) ? from["people"] : [];
  return {
    type: "welcome",
    you: isObject(from["you"]) ? text(from["you"]["id"]) : text(from["you"]),
    lesson: readLesson(from["lesson"]),
    session: text(from["session"]),
    state: readState(from["state"]),
    n: count(from["n"]),
    people: people.map(readPerson).filter((one): one is Person => one !== null),
    rights: readRights(from["rights"]),
    epoch: text(from["epoch"]),
    iceServers: readIceServers(from["ice_servers"]),
  };
}

function readAssigned(from: Json): Assigned | null {
  const slot = text(from["slot"]);
  const source = text(from["source"], "cam") || "cam";
  if (!slot || !SOURCES.includes(source)) return null;
  return {
    type: "assigned",
    slot,
    person: text(from["person"]),
    source: source as Source,
    generation: count(from["generation"]),
    firstRtpTime: count(from["first_rtp_time"]) >>> 0,
  };
}

function readLinks(value: unknown): Record<string, LinkWord> {
  const links: Record<string, LinkWord> = {};
  if (!isObject(value)) return links;
  for (const [person, word] of Object.entries(value)) {
    if (word === "good" || word === "weak" || word === "lost") links[person] = word;
  }
  return links;
}

function readNumbers(value: unknown): Record<string, number> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, count(amount)]));
}

export function readPollCounts(from: Json): PollCounts {
  return {
    poll: count(from["poll"]),
    votes: count(from["votes"]),
    counts: Array.isArray(from["counts"]) ? from["counts"].map(count) : [],
    texts: texts(from["texts"]),
    withheld: from["withheld"] === true,
  };
}

/** One text frame of the server; null for what this page does not know. */
export function readMessage(frame: string): ServerMessage | null {
  let from: unknown;
  try {
    from = JSON.parse(frame);
  } catch {
    return null;
  }
  if (!isObject(from)) return null;
  const { type, id, ...data } = from;
  switch (type) {
    case "ok":
      return { type, id: text(id), data };
    case "error": {
      const error = isObject(from["error"]) ? from["error"] : from;
      const details = isObject(error["details"]) ? error["details"] : {};
      return {
        type,
        id: text(id),
        code: text(error["code"]),
        message: text(error["message"]),
        retryAfter: count(details["retry_after"]),
      };
    }
    case "welcome":
      return readWelcome(from);
    case "event": {
      const { n, time, kind, actor, ...rest } = data;
      return {
        type,
        n: count(n),
        time: text(time),
        kind: text(kind),
        actor: text(actor),
        data: rest,
      };
    }
    case "assigned":
      return readAssigned(from);
    case "needed": {
      const source = text(from["source"]);
      if (!SOURCES.includes(source)) return null;
      return { type, source: source as Source, height: count(from["height"]) };
    }
    case "rights":
      return { type, rights: readRights(from["rights"]) };
    case "recording":
      return {
        type,
        recording: {
          on: from["on"] === true,
          paused: from["paused"] === true,
          tracks: count(from["tracks"]),
          bytes: count(from["bytes"]),
          problem: text(from["problem"]),
          asks: from["asks"] === true,
          agreed: texts(from["agreed"]),
        },
      };
    case "reactions":
      return { type, counts: readNumbers(from["counts"]) };
    case "polls":
      return {
        type,
        polls: Array.isArray(from["polls"]) ? from["polls"].filter(isObject).map(readPollCounts) : [],
      };
    case "speaking":
    case "away":
      return { type, people: texts(from["people"]) };
    case "link":
      return { type, people: readLinks(from["people"]) };
    case "exam":
      return { type, n: count(from["n"]), person: text(from["person"]) };
    case "slides.deck":
    case "slides.point":
    case "slides.trail":
      return { type: "slides", word: type, data };
    case "media.lost":
    case "media.silent":
      return { type };
    case "bye":
      return { type, code: text(from["code"]), reason: text(from["reason"]) };
    default:
      return readOrder(from);
  }
}
