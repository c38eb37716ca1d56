/**
 * The keys of the class. A key event flows in, the name of a command or nothing flows out. Keys are taken
 * by their place on the board, so they are the same on Kyrgyz, Russian and Latin layouts. Letters alone
 * can be switched off (WCAG 2.1.4). Pure but for the remembered switch.
 */
export type Command =
  | "mic"
  | "cam"
  | "hand"
  | "share"
  | "people"
  | "chat"
  | "ask"
  | "full"
  | "next"
  | "previous"
  | "help"
  | "close";

/** For the help: the command and what is printed on the key. */
export const KEYS: readonly (readonly [Command, string])[] = [
  ["mic", "M"],
  ["cam", "V"],
  ["hand", "H"],
  ["share", "S"],
  ["people", "P"],
  ["chat", "C"],
  ["ask", "Q"],
  ["full", "F"],
  ["previous", "["],
  ["next", "]"],
  ["close", "Esc"],
  ["help", "?"],
];

const CODES: Record<string, Command> = {
  KeyM: "mic",
  KeyV: "cam",
  KeyH: "hand",
  KeyS: "share",
  KeyP: "people",
  KeyC: "chat",
  KeyQ: "ask",
  KeyF: "full",
  BracketLeft: "previous",
  BracketRight: "next",
};

type Key = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">;

export function commandOf(event: Key, letters: boolean): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return null;
  if (event.key === "Escape") return "close";
  if (event.key === "?") return "help";
  return letters ? (CODES[event.code] ?? null) : null;
}

/** True where a letter is text: fields, and anything inside an open dialog. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null
  );
}

const PLACE = "sabak.keys";

export function lettersOn(): boolean {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
}

export function setLetters(on: boolean): void {
  try {
    localStorage.setItem(PLACE, on ? "on" : "off");
  } catch {
    // No storage: the switch holds as long as the page.
  }
}
