/**
 * Items at hand: the one that is open and the one that comes next, whose pictures load meanwhile. Keys flow
 * in, views with their decks flow out; what is no longer near is given back.
 */
import { Deck } from "./deck";
import type { ItemView } from "./types";

export interface Held {
  view: ItemView;
  deck: Deck;
}

export class Shelf {
  private readonly held = new Map<string, Promise<Held>>();

  constructor(
    private readonly read: (key: string) => Promise<ItemView>,
    private readonly make: (view: ItemView) => Deck = view => new Deck(view.clips, view.length_ms),
  ) {}

  /** Whether it is at hand already, and may be older than what the server knows now. */
  has(key: string): boolean {
    return this.held.has(key);
  }

  get(key: string): Promise<Held> {
    const known = this.held.get(key);
    if (known) return known;
    const asked = this.read(key).then(view => ({ view, deck: this.make(view) }));
    this.held.set(key, asked);
    asked.catch(() => this.held.delete(key));
    return asked;
  }

  /** Give back everything but these. */
  keep(keys: readonly (string | undefined)[]): void {
    for (const [key, asked] of this.held) {
      if (keys.includes(key)) continue;
      this.held.delete(key);
      asked.then(
        ({ deck }) => deck.close(),
        () => undefined,
      );
    }
  }
}
