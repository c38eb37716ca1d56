/**
 * The server's words about how a class is run: rules, the lobby, questions to you, groups. Parsed JSON
 * flows in, typed messages flow out, as in wire.ts: what is missing or of the wrong kind becomes neutral.
 */
import { isObject, text, texts } from "./wire";

export interface Rules {
  /** Whether who does not run the class may switch theirs on. */
  mics: boolean;
  cams: boolean;
  screens: boolean;
  /** Students wait to be let in; guests do. */
  lobby: boolean;
  guests: boolean;
}

export interface Moderation {
  rules: Rules;
  locked: boolean;
  /** Who runs the class because a teacher said so. */
  hosts: string[];
  /** You were muted, and have not switched your microphone on since. */
  muted: boolean;
}

export interface Waiter {
  id: string;
  name: string;
  role: string;
  since: string;
}

export interface Lobby {
  waiting: Waiter[];
  removed: { id: string; name: string; reason: string }[];
}

export interface Group {
  id: string;
  name: string;
  people: string[];
  visitors: string[];
}

export interface Groups {
  open: boolean;
  /** ISO 8601; `ends` is empty where there is no end. */
  since: string;
  ends: string;
  groups: Group[];
}

export interface Asked {
  source: "mic" | "cam";
  by: string;
}

export type OrderMessage =
  | { type: "moderation"; moderation: Moderation }
  | { type: "lobby"; lobby: Lobby }
  | { type: "groups"; groups: Groups }
  | { type: "asked"; asked: Asked };

export const NO_ORDERS: Moderation = {
  rules: { mics: true, cams: true, screens: true, lobby: false, guests: true },
  locked: false,
  hosts: [],
  muted: false,
};
export const NO_LOBBY: Lobby = { waiting: [], removed: [] };
export const NO_GROUPS: Groups = { open: false, since: "", ends: "", groups: [] };

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function readRules(value: unknown): Rules {
  const from = isObject(value) ? value : {};
  return {
    mics: from["mics"] !== false,
    cams: from["cams"] !== false,
    screens: from["screens"] !== false,
    lobby: from["lobby"] === true,
    guests: from["guests"] !== false,
  };
}

/** One of these messages; null for another. */
export function readOrder(from: Record<string, unknown>): OrderMessage | null {
  switch (from["type"]) {
    case "moderation":
      return {
        type: "moderation",
        moderation: {
          rules: readRules(from["rules"]),
          locked: from["locked"] === true,
          hosts: texts(from["hosts"]),
          muted: from["muted"] === true,
        },
      };
    case "lobby":
      return {
        type: "lobby",
        lobby: {
          waiting: list(from["waiting"]).map(one => ({
            id: text(one["id"]),
            name: text(one["name"]) || text(one["id"]),
            role: text(one["role"]),
            since: text(one["since"]),
          })),
          removed: list(from["removed"]).map(one => ({
            id: text(one["id"]),
            name: text(one["name"]) || text(one["id"]),
            reason: text(one["reason"]),
          })),
        },
      };
    case "groups":
      return {
        type: "groups",
        groups: {
          open: from["open"] === true,
          since: text(from["since"]),
          ends: text(from["ends"]),
          groups: list(from["groups"]).map(one => ({
            id: text(one["id"]),
            name: text(one["name"]),
            people: texts(one["people"]),
            visitors: texts(one["visitors"]),
          })),
        },
      };
    case "asked":
      return {
        type: "asked",
        asked: { source: from["source"] === "cam" ? "cam" : "mic", by: text(from["by"]) },
      };
    default:
      return null;
  }
}
