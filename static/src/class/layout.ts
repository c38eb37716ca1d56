/**
 * How the tiles share the room: how many fit, how many pages that makes, who is drawn without a picture.
 * Sizes and people flow in, numbers and lists flow out. Pure.
 */
import type { Person } from "../media/wire";

export interface Fit {
  columns: number;
  rows: number;
  /** CSS pixels of one tile. */
  width: number;
  height: number;
}

const GAP = 8;
const RATIO = 16 / 9;

/** One row under a stage: tiles as high as the row, as many as fit. */
export function strip(width: number, height: number, most: number): Fit {
  const tile = Math.max(1, Math.round(height * RATIO));
  const columns = Math.max(1, Math.min(most, Math.floor((width + GAP) / (tile + GAP))));
  return { columns, rows: 1, width: tile, height };
}

/** A grid below the stage of a phone: two columns, as many rows as fit. */
export function grid(width: number, height: number, most: number): Fit {
  const columns = width >= 560 ? 3 : 2;
  const tile = Math.floor((width - GAP * (columns - 1)) / columns);
  const high = Math.max(1, Math.round(tile / RATIO));
  const rows = Math.max(1, Math.min(Math.ceil(most / columns), Math.floor((height + GAP) / (high + GAP))));
  return { columns, rows, width: tile, height: high };
}

export function pages(count: number, each: number): number {
  return Math.max(1, Math.ceil(count / Math.max(1, each)));
}

/**
 * The order of the list: you, then who runs the class, then by name in the alphabet of the language.
 * `first`: people whose link is bad, who come before the others where somebody looks after them.
 */
export function inOrder(
  people: Iterable<Person>,
  you: string,
  language: string,
  first: ReadonlySet<string> = new Set(),
): Person[] {
  const rank = (person: Person): number => {
    if (person.id === you) return 0;
    if (person.role === "teacher") return 1;
    return first.has(person.id) ? 2 : 3;
  };
  const compare = new Intl.Collator(language === "ky" ? ["ky", "ru"] : language).compare;
  return [...people].sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name) || compare(a.id, b.id));
}

/** Minutes and seconds, with hours from the first on: `04:09`, `1:04:09`. */
export function elapsed(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
