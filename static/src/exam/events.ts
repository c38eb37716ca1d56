/**
 * What the browser reports of itself, kept until the server has it. Events flow in with the moment they
 * happened; batches with their age flow out, over a lost link and a reload as well. The age is measured
 * by performance.now within one life of the page, by the computer's clock only across a reload.
 */
import { ApiError } from "../api/client";
import type { Drawer } from "./store";
import type { BrowserEvent, EventKind } from "./types";

interface KeptEvent {
  n: number;
  kind: EventKind;
  detail: string;
  /** Which life of the page, and its performance.now. */
  life: string;
  at: number;
  wall: number;
}

export type Send = (events: BrowserEvent[]) => Promise<{ n: number }>;

const BATCH = 50;
const MOST_KEPT = 2_000;
const LONGEST = 200; // characters of a detail
const LONGEST_AGE = 24 * 3600_000; // a clock that jumped by a day says nothing
const SEND_AFTER = 300;
const AGAIN = 4_000;

export class EventQueue {
  private waiting: KeptEvent[] = [];
  private next = 1;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private stopped = false;

  constructor(
    /** Of this exam and person; the tab follows. */
    private readonly place: string,
    private readonly tab: string,
    private readonly life: string,
    private readonly drawer: Drawer,
    private readonly send: Send,
    private readonly now: () => number = () => performance.now(),
    private readonly wall: () => number = () => Date.now(),
  ) {
    this.load();
  }

  get count(): number {
    return this.waiting.length;
  }

  add(kind: EventKind, detail = ""): void {
    const event = {
      n: this.next++,
      kind,
      detail: detail.slice(0, LONGEST),
      life: this.life,
      at: this.now(),
      wall: this.wall(),
    };
    this.waiting = [...this.waiting, event].slice(-MOST_KEPT);
    this.keep();
    this.later(SEND_AFTER);
  }

  /** Send what waits; also asked when the link is back. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.busy || this.stopped || this.waiting.length === 0) return;
    this.busy = true;
    try {
      const { n } = await this.send(this.waiting.slice(0, BATCH).map(event => this.aged(event)));
      this.waiting = this.waiting.filter(event => event.n > n);
      this.keep();
      if (this.waiting.length > 0) this.later(0);
    } catch (error) {
      // Garbage of an older page must not hold up what comes after it.
      if (error instanceof ApiError && (error.status === 400 || error.status === 422)) {
        this.waiting = this.waiting.slice(BATCH);
        this.keep();
      }
      this.later(AGAIN);
    } finally {
      this.busy = false;
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private aged({ n, kind, detail, life, at, wall }: KeptEvent): BrowserEvent {
    const age = life === this.life ? this.now() - at : this.wall() - wall;
    return { n, kind, detail, ago: Math.round(Math.min(Math.max(age, 0), LONGEST_AGE)) };
  }

  private later(ms: number): void {
    if (!this.stopped) this.timer ??= setTimeout(() => void this.flush(), ms);
  }

  private key(tab = this.tab): string {
    return `${this.place}.${tab}`;
  }

  private keep(): void {
    this.drawer.setItem(this.key(), JSON.stringify({ next: this.next, waiting: this.waiting }));
  }

  /** Our own of before a reload, and those of tabs that are gone: only this one may send now. */
  private load(): void {
    const own = this.read(this.key());
    this.next = own.next;
    this.waiting = own.waiting;
    for (const key of this.drawer.keys()) {
      if (!key.startsWith(`${this.place}.`) || key === this.key()) continue;
      for (const event of this.read(key).waiting) this.waiting.push({ ...event, n: this.next++ });
      this.drawer.removeItem(key);
    }
    if (this.waiting.length > 0) {
      this.keep();
      this.later(SEND_AFTER);
    }
  }

  private read(key: string): { next: number; waiting: KeptEvent[] } {
    try {
      const kept = JSON.parse(this.drawer.getItem(key) ?? "{}") as { next?: unknown; waiting?: unknown };
      const waiting = Array.isArray(kept.waiting) ? (kept.waiting as KeptEvent[]) : [];
      return { next: typeof kept.next === "number" ? kept.next : 1, waiting };
    } catch {
      return { next: 1, waiting: [] };
    }
  }
}
