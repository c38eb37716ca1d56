/** Where the desk goes from an item: its neighbours, and the next that waits. Pure. */
import type { ItemCard } from "./types";

export function neighbour(queue: readonly ItemCard[], key: string, step: 1 | -1): ItemCard | undefined {
  const at = queue.findIndex(each => each.key === key);
  return at < 0 ? queue[0] : queue[at + step];
}

/** The next that waits for a look, from an item on and round to the beginning; never the item itself. */
export function nextWaiting(queue: readonly ItemCard[], key: string): ItemCard | undefined {
  const at = queue.findIndex(each => each.key === key);
  return [...queue.slice(at + 1), ...queue.slice(0, Math.max(at, 0))].find(each => each.waits);
}
