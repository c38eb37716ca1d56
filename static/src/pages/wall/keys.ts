/**
 * The keys of the wall, by their place on the board, so that they are the same on Kyrgyz, Russian and Latin
 * layouts. A key event flows in, the name of a command or nothing flows out. Pure.
 */
export type Command = "search" | "look" | "queue" | "next" | "previous" | "message" | "close" | "help";

/** For the help: the command and what is printed on the key. */
export const KEYS: readonly (readonly [Command, string])[] = [
  ["search", "/"],
  ["look", "N"],
  ["queue", "Q"],
  ["previous", "["],
  ["next", "]"],
  ["message", "M"],
  ["close", "Esc"],
  ["help", "?"],
];

const CODES: Record<string, Command> = {
  Slash: "search",
  KeyN: "look",
  KeyQ: "queue",
  KeyM: "message",
  BracketLeft: "previous",
  BracketRight: "next",
};

type Key = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">;

export function commandOf(event: Key): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  if (event.key === "Escape") return "close";
  if (event.key === "?") return "help";
  return CODES[event.code] ?? null;
}
