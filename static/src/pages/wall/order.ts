/**
 * Which students the wall shows and in which order. Who needs a look comes first, names decide between
 * equals, and nothing moves under a pointer: while the wall is held, everybody keeps their place, and
 * `moved` tells how many would come forward. Pure; the order is where to look, never a judgement.
 */
import { me } from "../../state/me";
import type { Student } from "./types";

export const FILTERS = ["all", "look", "waiting", "help", "lost", "mine"] as const;
export type Filter = (typeof FILTERS)[number];

/** States in which somebody sits at the exam, so that a silent link matters. */
const SITTING = new Set(["admitted", "running", "break", "paused"]);

export function isLost(one: Student): boolean {
  return SITTING.has(one.state) && (one.link === "lost" || !one.here);
}

export function needsLook(one: Student): boolean {
  return one.help || one.unread > 0 || one.standing.length > 0 || one.flags.some(flag => !flag.seen);
}

const PASSES: Record<Filter, (one: Student) => boolean> = {
  all: () => true,
  look: needsLook,
  waiting: one => one.state === "waiting",
  help: one => one.help || one.unread > 0,
  lost: isLost,
  mine: one => one.watcher !== "" && one.watcher === me.peek()?.id,
};

export function passes(one: Student, filter: Filter, search: string): boolean {
  if (!PASSES[filter](one)) return false;
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const own = `${one.name} ${one.group} ${one.seat}`.toLocaleLowerCase();
  return words.every(word => own.includes(word));
}

export function countsOf(students: readonly Student[]): Record<Filter, number> {
  const counts: Record<Filter, number> = { all: 0, look: 0, waiting: 0, help: 0, lost: 0, mine: 0 };
  for (const one of students) for (const filter of FILTERS) if (PASSES[filter](one)) counts[filter] += 1;
  return counts;
}

/** Heavier first, then by name, then by id, so that equals never change places. */
export function wanted(students: readonly Student[], filter: Filter, search: string): string[] {
  return students
    .filter(one => passes(one, filter, search))
    .sort((a, b) => b.weight - a.weight || a.name.localeCompare(b.name) || (a.person < b.person ? -1 : 1))
    .map(one => one.person);
}

export interface Arranged {
  order: string[];
  /** How many who need a look would stand further forward if the wall were let go. */
  moved: number;
}

/**
 * @param before what is on the screen
 * @param next what `wanted` says
 * @param known everybody of the exam, by id
 * @param held the pointer or the focus is on the wall
 */
export function arrange(
  before: readonly string[],
  next: readonly string[],
  known: ReadonlyMap<string, Student>,
  held: boolean,
): Arranged {
  if (!held) return { order: [...next], moved: 0 };
  const stay = before.filter(person => known.has(person));
  const there = new Set(stay);
  const order = [...stay, ...next.filter(person => !there.has(person))];
  const place = new Map(order.map((person, index) => [person, index]));
  let moved = 0;
  next.forEach((person, index) => {
    const one = known.get(person);
    if (one && needsLook(one) && (place.get(person) ?? 0) > index) moved += 1;
  });
  return { order, moved };
}

/** The same texts in the same places. */
export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** Where an arrow leads in a grid of `columns`; undefined where the key means nothing or leads out. */
export function step(key: string, index: number, length: number, columns: number): number | undefined {
  const ways: Record<string, number> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: length - 1,
  };
  const to = ways[key];
  return to !== undefined && to >= 0 && to < length && to !== index ? to : undefined;
}
