/**
 * The keys of the desk, by their place on the board, so that they are the same on Kyrgyz, Russian and Latin
 * layouts. A key event flows in, the name of a command or nothing flows out. Pure.
 */
export type Command =
  "play" | "back" | "forth" | "previous" | "next" | "waiting" | "nothing" | "noted" | "recuse" | "help";

/** For the help: the command and what is printed on the key. */
export const KEYS: readonly (readonly [Command | "send", string])[] = [
  ["play", "Space"],
  ["back", "←"],
  ["forth", "→"],
  ["previous", "↑"],
  ["next", "↓"],
  ["waiting", "N"],
  ["nothing", "1"],
  ["noted", "2"],
  ["send", "Ctrl+Enter"],
  ["recuse", "R"],
  ["help", "?"],
];

const CODES: Record<string, Command> = {
  Space: "play",
  ArrowLeft: "back",
  ArrowRight: "forth",
  ArrowUp: "previous",
  ArrowDown: "next",
  KeyN: "waiting",
  Digit1: "nothing",
  Numpad1: "nothing",
  Digit2: "noted",
  Numpad2: "noted",
  KeyR: "recuse",
};

type Key = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat">;

export function commandOf(event: Key): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === "?") return event.repeat ? null : "help";
  if (event.shiftKey) return null;
  const found = CODES[event.code] ?? null;
  // Only moving in time goes on while a key is held: a verdict is given once.
  return event.repeat && found !== "back" && found !== "forth" ? null : found;
}

/** Whether a note is to be sent: Ctrl (on a Mac also Cmd) with Enter. */
export const sends = (event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">): boolean =>
  event.key === "Enter" && (event.ctrlKey || event.metaKey);
