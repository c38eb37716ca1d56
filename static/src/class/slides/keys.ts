/**
 * The keys of slides. A key event flows in, what to do flows out. By their place on the board, so the same
 * on every layout; digits belong to whoever may draw. Pure.
 */
import type { Kind } from "./board";

export type Tool = "hand" | "pointer" | Kind;
export type SlideCommand = "next" | "previous" | "first" | "last" | "undo" | Tool;

export const TOOLS: readonly Tool[] = [
  "hand",
  "pointer",
  "pen",
  "highlighter",
  "text",
  "line",
  "arrow",
  "rect",
  "ellipse",
];

/** For the help: what, and what is printed on the keys. */
export const SLIDE_KEYS: readonly (readonly ["turn" | "ends" | "tool" | "undo", string])[] = [
  ["turn", "PgUp / PgDn, ← / →"],
  ["ends", "Home / End"],
  ["tool", "0 - 8"],
  ["undo", "Ctrl+Z"],
];

const TURNS: Record<string, SlideCommand> = {
  PageDown: "next",
  PageUp: "previous",
  ArrowRight: "next",
  ArrowLeft: "previous",
  Home: "first",
  End: "last",
};

type Key = Pick<KeyboardEvent, "code" | "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

export function slideCommand(event: Key, draws: boolean): SlideCommand | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    return draws && event.code === "KeyZ" && !event.shiftKey ? "undo" : null;
  }
  const digit = /^Digit([0-8])$/.exec(event.code)?.[1];
  if (digit && draws && !event.shiftKey) return TOOLS[Number(digit)] ?? null;
  return TURNS[event.key] ?? null;
}
