/**
 * Dividing people into groups: at random, by a pasted list, by hand. People flow in, drafts of groups flow
 * out. Pure; chance is an argument.
 */
import type { Person } from "../../media/wire";

export interface Draft {
  name: string;
  people: string[];
}

/** What a pasted list gave: groups, and the names that nobody here has. */
export interface Listed {
  drafts: Draft[];
  unknown: string[];
}

/** Whether somebody is put into groups: who learns here, not who teaches or came to look on. */
export function divided({ role }: Pick<Person, "role">): boolean {
  return role === "student" || role === "guest";
}

/** `count` groups whose sizes differ by one at most; `chance` gives numbers in 0..1. */
export function atRandom(
  people: readonly string[],
  count: number,
  name: (number: number) => string,
  chance: () => number,
): Draft[] {
  const shuffled = [...people];
  for (let at = shuffled.length - 1; at > 0; at--) {
    const other = Math.floor(chance() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other] ?? "", shuffled[at] ?? ""];
  }
  const drafts = Array.from({ length: count }, (_, index) => ({
    name: name(index + 1),
    people: [] as string[],
  }));
  shuffled.forEach((person, index) => drafts[index % count]?.people.push(person));
  return drafts;
}

/** How names are compared: case, spaces and the two writings of yo do not matter. */
function folded(name: string): string {
  return name.normalize("NFC").toLocaleLowerCase("ru").replaceAll("ё", "е").replace(/\s+/g, " ").trim();
}

/** The one person that a name means: the whole name, or words of it that only one person has. */
function find(wanted: string, people: readonly Person[]): Person | undefined {
  const name = folded(wanted);
  const same = people.filter(person => folded(person.name) === name);
  if (same.length === 1) return same[0];
  const words = name.split(" ");
  const like = people.filter(person => {
    const own = folded(person.name).split(" ");
    return words.every(word => own.some(each => each.startsWith(word)));
  });
  return like.length === 1 ? like[0] : undefined;
}

/**
 * One group a line: `Name: person, person`, or people alone. A line of one name without a comma or colon,
 * as columns of a table are pasted, starts nothing: it belongs to the group above, groups being parted by
 * empty lines.
 */
export function byList(pasted: string, people: readonly Person[], name: (number: number) => string): Listed {
  const drafts: Draft[] = [];
  const unknown: string[] = [];
  const placed = new Set<string>();
  let current: Draft | null = null;
  const add = (draft: Draft, wanted: string): void => {
    if (!wanted.trim()) return;
    const person = find(wanted, people);
    if (!person) unknown.push(wanted.trim());
    else if (!placed.has(person.id)) {
      placed.add(person.id);
      draft.people.push(person.id);
    }
  };
  const begin = (title: string): Draft => {
    const draft = { name: title.trim().slice(0, 60) || name(drafts.length + 1), people: [] as string[] };
    drafts.push(draft);
    return draft;
  };
  for (const line of pasted.split(/\r?\n/)) {
    if (!line.trim()) {
      current = null;
      continue;
    }
    const colon = line.indexOf(":");
    const rest = colon >= 0 ? line.slice(colon + 1) : line;
    const names = rest.split(/[,;\t]/).filter(each => each.trim());
    if (colon >= 0) current = begin(line.slice(0, colon));
    else if (names.length > 1) current = begin("");
    else current ??= begin("");
    for (const each of names) add(current, each);
    if (colon < 0 && names.length > 1) current = null;
  }
  return { drafts: drafts.filter(draft => draft.people.length > 0 || draft.name), unknown };
}

/** By hand: who was put into which group; everybody else stays in the main room. */
export function byHand(
  count: number,
  places: ReadonlyMap<string, number>,
  name: (number: number) => string,
): Draft[] {
  return Array.from({ length: count }, (_, index) => ({
    name: name(index + 1),
    people: [...places].filter(([, place]) => place === index).map(([person]) => person),
  }));
}
