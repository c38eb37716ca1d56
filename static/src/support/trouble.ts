/**
 * What went wrong on this page lately, kept in memory only: faults of the page, refusals of the server with
 * their incident numbers, and the steps of a class or an exam by name. Nothing that anybody wrote is kept.
 * It leaves this device only when the person sends it to support, and they see it before.
 */
import { ApiError, onFailure } from "../api/client";

const MOST = 40;
const LONG = 160; // characters of one line

interface Trouble {
  at: number;
  words: string;
}

const errors: Trouble[] = [];
const steps: Trouble[] = [];

/** Leaves out what could be a token or a key, and what follows a question mark in an address. */
export function scrub(text: string): string {
  return text
    .replace(/\?\S*/g, "")
    .replace(/[A-Za-z0-9_-]{24,}/g, "…")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, LONG);
}

function keep(list: Trouble[], words: string): void {
  const clean = scrub(words);
  if (!clean || list.at(-1)?.words === clean) return;
  list.push({ at: Date.now(), words: clean });
  if (list.length > MOST) list.shift();
}

/** Something failed. */
export function noteError(error: unknown, where = ""): void {
  if (error instanceof ApiError) {
    const incident = error.details["incident"];
    const number = typeof incident === "string" ? ` incident ${incident}` : "";
    keep(errors, `${where} ${error.status} ${error.code}${number}`);
  } else {
    keep(errors, `${where} ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

/** The class or the exam went a step: a name and a state, no contents. */
export function noteStep(words: string): void {
  keep(steps, words);
}

const two = (n: number): string => String(n).padStart(2, "0");

function lines(list: readonly Trouble[]): string[] {
  return list.map(({ at, words }) => {
    const when = new Date(at);
    return `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())} ${words}`;
  });
}

export const lastErrors = (): string[] => lines(errors);
export const lastSteps = (): string[] => lines(steps);

/** Hear of faults that nobody caught. Called once, where the client starts. */
export function listenForTrouble(): void {
  onFailure(noteError);
  addEventListener("error", event => noteError(event.error ?? event.message));
  addEventListener("unhandledrejection", event => noteError(event.reason));
}
