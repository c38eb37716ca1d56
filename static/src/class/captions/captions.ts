/**
 * The captions of one visit: what is written along while it is said. Events flow in, the newest lines and
 * who may write flow out, with how this person wants them. Lines from before the welcome are history and are
 * not shown again.
 */
import { signal } from "@preact/signals";
import { text, type ServerMessage } from "../../media/wire";

export interface CaptionLine {
  n: number;
  text: string;
  at: number;
}

export const SIZES = ["small", "medium", "large"] as const;
export type CaptionSize = (typeof SIZES)[number];

export interface CaptionChoice {
  on: boolean;
  size: CaptionSize;
}

const MEMORY = "sabak.captions";
const SHOWN = 2; // lines at once
/** ms after which a line is taken away. */
export const STANDS = 8000;

type Drawer = Pick<Storage, "getItem" | "setItem">;

export class Captions {
  readonly lines = signal<readonly CaptionLine[]>([]);
  readonly writers = signal<ReadonlySet<string>>(new Set());
  /** Whether anybody has written in this class: then there is a place for captions. */
  readonly used = signal(false);
  /** Whether this person has the field open. */
  readonly writing = signal(false);
  readonly choice = signal<CaptionChoice>({ on: true, size: "medium" });
  private present = 0;

  constructor(private readonly drawer: Drawer | null) {
    this.choice.value = remembered(drawer);
  }

  hear(message: ServerMessage, now = Date.now()): void {
    if (message.type === "welcome") {
      this.present = message.n;
      return;
    }
    if (message.type !== "event") return;
    const { kind, n, data } = message;
    if (kind === "caption.said") {
      this.used.value = true;
      if (n <= this.present) return;
      this.lines.value = [...this.lines.value.slice(1 - SHOWN), { n, text: text(data["text"]), at: now }];
    } else if (kind === "caption.lent") {
      const writers = new Set(this.writers.value);
      if (data["on"] === true) writers.add(text(data["person"]));
      else writers.delete(text(data["person"]));
      this.writers.value = writers;
    } else if (kind === "session.closed") {
      this.writers.value = new Set();
      this.used.value = false;
    }
  }

  /** Take away what has stood long enough. */
  sweep(now = Date.now()): void {
    const fresh = this.lines.value.filter(line => now - line.at < STANDS);
    if (fresh.length < this.lines.value.length) this.lines.value = fresh;
  }

  choose(change: Partial<CaptionChoice>): void {
    this.choice.value = { ...this.choice.value, ...change };
    try {
      this.drawer?.setItem(MEMORY, JSON.stringify(this.choice.value));
    } catch {
      // No storage: it holds as long as the page.
    }
  }
}

function remembered(drawer: Drawer | null): CaptionChoice {
  try {
    const kept = JSON.parse(drawer?.getItem(MEMORY) ?? "{}") as Partial<CaptionChoice> | null;
    return { on: kept?.on !== false, size: SIZES.find(one => one === kept?.size) ?? "medium" };
  } catch {
    return { on: true, size: "medium" };
  }
}
