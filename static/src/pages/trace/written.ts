/** What the trace holds about the person: asking for it page by page, and putting it in groups. */
import { get } from "../../api/client";

export interface Entry {
  seq: number;
  time: string;
  kind: string;
  session: string;
  own: boolean;
  erased: boolean;
  data: unknown;
}

export interface EntryPage {
  items: Entry[];
  more: boolean;
}

export interface Group {
  kind: string;
  own: boolean;
  entries: Entry[];
}

export const PATH = "/me/trace";

export function pageBefore(before?: number, signal?: AbortSignal): Promise<EntryPage> {
  return get<EntryPage>(PATH, { before }, signal);
}

/** Entries of a kind and of one side together; the group with the newest entry first. Pure. */
export function grouped(entries: readonly Entry[]): Group[] {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    const key = `${entry.kind} ${entry.own}`;
    const group = found.get(key) ?? { kind: entry.kind, own: entry.own, entries: [] };
    group.entries.push(entry);
    found.set(key, group);
  }
  return [...found.values()];
}

/** Everything there is, the newest first. */
export async function everything(): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let more = true; more;) {
    const page = await pageBefore(all.at(-1)?.seq);
    all.push(...page.items);
    more = page.more && page.items.length > 0;
  }
  return all;
}
