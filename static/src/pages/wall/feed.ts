/**
 * The wall's news: asked for each second while the page is seen. Each student is a signal of their own, so
 * that a change draws one card and not a hundred; who is shown in which order is `order.ts`'s decision,
 * held still while somebody points at the wall. Small pictures go straight to the painter.
 */
import { batch, signal, type Signal } from "@preact/signals";
import { ApiError, get } from "../../api/client";
import { Painter } from "./painter";
import { readPictures } from "./pictures";
import { arrange, countsOf, same, wanted, type Filter } from "./order";
import type { Frame, Student, WallView } from "./types";

const EVERY = 1_000; // ms
/** Cards move at most this often by themselves, ms: a wall that twitches cannot be read. */
const CALM = 4_000;
/** After so many looks without a picture, all are asked for again. */
const QUIET = 5;
const NONE: Record<Filter, number> = { all: 0, look: 0, waiting: 0, help: 0, lost: 0, mine: 0 };

export class Feed {
  readonly frame = signal<Frame | null>(null);
  readonly students = new Map<string, Signal<Student>>();
  readonly shown = signal<readonly string[]>([]);
  readonly counts = signal(NONE);
  /** How many who need a look stand further back than they should, because the wall is held. */
  readonly moved = signal(0);
  readonly filter = signal<Filter>("all");
  readonly search = signal("");
  /** What the first answer failed with; later failures leave the wall and set `lost`. */
  readonly error = signal<unknown>(undefined);
  /** Since when the server has not answered (ms since the epoch), 0 while it does. */
  readonly lost = signal(0);
  /** The server's time now, ms; moves with each answer. */
  readonly now = signal(Date.now());
  readonly painter = new Painter();

  private readonly texts = new Map<string, string>();
  private readonly timers: Record<string, ReturnType<typeof setTimeout>> = {};
  private control = new AbortController();
  private after = 0;
  private quiet = 0;
  private held = false;
  private settledAt = 0;
  private good = Date.now();
  private readonly awake = (): void => {
    if (!document.hidden) this.run();
  };

  constructor(readonly exam: string) {}

  start(): void {
    document.addEventListener("visibilitychange", this.awake);
    this.run();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.awake);
    this.control.abort();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.painter.stop();
  }

  /** The pointer or the focus is on the wall (or has left it): cards keep their places meanwhile. */
  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    if (!held) this.settle(true);
  }

  choose(filter: Filter, search: string): void {
    batch(() => {
      this.filter.value = filter;
      this.search.value = search;
      this.settle(true, true);
    });
  }

  /** Put everybody in their place now, although the wall is held. */
  bringForward(): void {
    this.settle(true, true);
  }

  student(person: string): Signal<Student> | undefined {
    return this.students.get(person);
  }

  /** Ask at once: something was done. */
  again(): void {
    this.run();
  }

  private run(): void {
    this.control.abort();
    this.control = new AbortController();
    const { signal } = this.control;
    this.round("wall", signal, () => this.ask(signal));
    this.round("pictures", signal, () => this.look(signal));
  }

  private round(name: string, stopped: AbortSignal, work: () => Promise<void>): void {
    const begun = Date.now();
    clearTimeout(this.timers[name]);
    void work().finally(() => {
      if (stopped.aborted || document.hidden) return;
      const rest = Math.max(100, EVERY - (Date.now() - begun));
      this.timers[name] = setTimeout(() => this.round(name, stopped, work), rest);
    });
  }

  private async ask(stopped: AbortSignal): Promise<void> {
    try {
      const found = await get<WallView>(`/exams/${encodeURIComponent(this.exam)}/wall`, {}, stopped);
      if (!stopped.aborted) this.take(found);
    } catch (error) {
      if (stopped.aborted) return;
      if (!this.frame.value || (error instanceof ApiError && [401, 403, 404].includes(error.status))) {
        this.error.value = error;
      } else {
        this.lost.value = this.good;
      }
    }
  }

  private async look(stopped: AbortSignal): Promise<void> {
    try {
      const late = AbortSignal.any([stopped, AbortSignal.timeout(10_000)]);
      const path = `/api/v1/exams/${encodeURIComponent(this.exam)}/wall/pictures?after=${this.after}`;
      const answer = await fetch(path, { credentials: "same-origin", signal: late });
      if (!answer.ok) return;
      const found = readPictures(await answer.arrayBuffer(), this.after);
      this.after = found.last;
      this.quiet = found.pictures.length > 0 ? 0 : this.quiet + 1;
      // A server that began anew counts anew: ask from the beginning once in a while of silence.
      if (this.quiet % QUIET === QUIET - 1) this.after = 0;
      this.painter.put(found.pictures);
    } catch {
      // The other question tells of a lost server; pictures come with the next look.
    }
  }

  /** Take over an answer; also for tests. */
  take({ students, ...frame }: WallView): void {
    batch(() => {
      this.error.value = undefined;
      this.lost.value = 0;
      this.good = Date.now();
      this.now.value = Date.parse(frame.now);
      if (JSON.stringify({ ...this.frame.value, now: "" }) !== JSON.stringify({ ...frame, now: "" })) {
        this.frame.value = frame;
      }
      const gone = new Set(this.students.keys());
      for (const one of students) {
        gone.delete(one.person);
        const text = JSON.stringify(one);
        if (this.texts.get(one.person) === text) continue;
        this.texts.set(one.person, text);
        const held = this.students.get(one.person);
        if (held) held.value = one;
        else this.students.set(one.person, signal(one));
      }
      for (const person of gone) {
        this.students.delete(person);
        this.texts.delete(person);
      }
      this.settle(false);
    });
  }

  private settle(now: boolean, force = false): void {
    const known = new Map([...this.students].map(([person, one]) => [person, one.peek()]));
    const everybody = [...known.values()];
    const counts = countsOf(everybody);
    if (JSON.stringify(counts) !== JSON.stringify(this.counts.value)) this.counts.value = counts;
    const next = wanted(everybody, this.filter.value, this.search.value);
    const calm = !now && this.shown.value.length > 0 && Date.now() - this.settledAt < CALM;
    const { order, moved } = arrange(this.shown.value, next, known, !force && (this.held || calm));
    this.moved.value = this.held ? moved : 0;
    if (same(order, this.shown.value)) return;
    if (!this.held && !calm) this.settledAt = Date.now();
    this.shown.value = order;
  }
}
