/**
 * Lists of the API. `all` reads every page of one that is known to be short (units, semesters); `useList`
 * holds a long one page by page.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { get, type Query } from "./client";
import type { ListOf } from "./types";

const MOST_PAGES = 20; // of 200: a university with more faculties than that has other worries

export async function all<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let after = "";
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await get<ListOf<T>>(path, { ...query, limit: 200, after }, signal);
    items.push(...answer.items);
    after = answer.next;
    if (!after) break;
  }
  return items;
}

export interface Paged<T> {
  items: T[] | undefined;
  error: unknown;
  busy: boolean;
  more: (() => void) | undefined;
  reload: () => void;
}

/** One list by pages; starts anew when path or query change. */
export function useList<T>(path: string, query: Query): Paged<T> {
  const [items, setItems] = useState<T[]>();
  const [next, setNext] = useState("");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(true);
  const [round, setRound] = useState(0);
  const control = useRef<AbortController>();
  const key = JSON.stringify(query);

  const read = (after: string, held: T[]): void => {
    control.current?.abort();
    const mine = new AbortController();
    control.current = mine;
    setBusy(true);
    setError(undefined);
    get<ListOf<T>>(path, { ...query, after }, mine.signal)
      .then(
        answer => {
          if (mine.signal.aborted) return;
          setItems([...held, ...answer.items]);
          setNext(answer.next);
        },
        (thrown: unknown) => !mine.signal.aborted && setError(thrown),
      )
      .finally(() => !mine.signal.aborted && setBusy(false));
  };

  useEffect(() => {
    read("", []);
    return () => control.current?.abort();
  }, [path, key, round]);

  return {
    items,
    error,
    busy,
    more: next ? () => read(next, items ?? []) : undefined,
    reload: () => setRound(value => value + 1),
  };
}
