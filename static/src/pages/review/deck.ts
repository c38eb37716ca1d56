/**
 * Plays the clips of one item as one: a clock leads over the item's window, and each clip has an element
 * that is kept within a few hundredths of a second of it, by a little more or less speed, or by a jump when
 * it is far off. While an element has no data the clock waits. Elements load as soon as a deck is made, so
 * that the next item's is ready before it is opened.
 */
import { signal } from "@preact/signals";
import type { Clip } from "./types";

const TICK = 50; // ms
const JUMP = 0.35; // seconds an element may be off before it jumps
const FINE = 0.015; // seconds that nobody notices
const CATCH_UP = 0.25; // largest change of speed
const STAYS = 1000; // ms
const GIVE_UP = 6000; // ms an element may take before the rest goes on without it

interface Part {
  clip: Clip;
  element: HTMLMediaElement;
  /** Since when it has had no data while it should play; 0 while it has. */
  starving: number;
}

type Seen = "cam" | "screen";
export interface Shown {
  cam: HTMLMediaElement | null;
  screen: HTMLMediaElement | null;
}

/** The clip of a source that covers a moment, or has just ended: its last picture stays a little. Pure. */
export function clipAt(clips: readonly Clip[], source: Clip["source"], ms: number): Clip | undefined {
  return clips.findLast(
    each => each.source === source && each.offset_ms <= ms && ms < each.offset_ms + each.length_ms + STAYS,
  );
}

export class Deck {
  readonly playing = signal(false);
  readonly waiting = signal(false);
  /** Milliseconds of the window. */
  readonly time = signal(0);
  readonly muted = signal(false);
  readonly shown = signal<Shown>({ cam: null, screen: null });
  /** How far apart the elements that play are, in ms; for tests and the curious. */
  readonly skew = signal(0);

  private readonly parts: Part[];
  private timer: ReturnType<typeof setInterval> | undefined;
  private last = 0;

  constructor(
    readonly clips: readonly Clip[],
    readonly length: number,
  ) {
    this.parts = clips.map(clip => ({ clip, element: elementOf(clip), starving: 0 }));
    for (const part of this.parts) this.align(part, false);
  }

  /** `playing`: at once. */
  start(playing: boolean): void {
    this.last = performance.now();
    this.playing.value = playing;
    this.timer ??= setInterval(() => this.tick(), TICK);
    this.tick();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.playing.value = false;
    for (const { element } of this.parts) element.pause();
  }

  /** Give the files back; the deck is of no use then. */
  close(): void {
    this.stop();
    for (const { element } of this.parts) {
      element.removeAttribute("src");
      element.load();
      element.remove();
    }
  }

  toggle(): void {
    if (!this.playing.value && this.time.value >= this.length) this.time.value = 0;
    this.playing.value = !this.playing.value;
    this.tick();
  }

  seek(to: number): void {
    this.time.value = Math.min(Math.max(0, to), this.length);
    this.tick();
  }

  by(ms: number): void {
    this.seek(this.time.value + ms);
  }

  private tick(): void {
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    if (this.playing.value && !this.waiting.value) {
      this.time.value = Math.min(this.length, this.time.value + passed);
      if (this.time.value >= this.length) this.playing.value = false;
    }
    this.follow(now);
  }

  private follow(now: number): void {
    const run = this.playing.value && !this.waiting.value;
    const on = new Set(
      (["cam", "screen", "mic"] as const).map(source => clipAt(this.clips, source, this.time.value)),
    );
    let starving = false;
    const offs: number[] = [];
    const shown: Record<Seen, HTMLMediaElement | null> = { cam: null, screen: null };
    for (const part of this.parts) {
      if (!on.has(part.clip)) {
        part.element.pause();
        continue;
      }
      if (part.clip.source !== "mic") shown[part.clip.source] = part.element;
      const off = this.align(part, run);
      const { element } = part;
      if (element.ended || (element.readyState >= 3 && !element.seeking)) {
        part.starving = 0;
        offs.push(off);
      } else {
        part.starving ||= now;
        if (!element.error && now - part.starving < GIVE_UP) starving = true;
      }
    }
    this.skew.value = offs.length > 1 ? Math.round((Math.max(...offs) - Math.min(...offs)) * 1000) : 0;
    this.waiting.value = this.playing.value && starving;
    const before = this.shown.value;
    if (before.cam !== shown.cam || before.screen !== shown.screen) this.shown.value = shown;
  }

  /** Bring an element to where the clock is; returns how far it is off, in seconds. */
  private align({ element, clip }: Part, run: boolean): number {
    element.muted = clip.source !== "mic" || this.muted.value;
    const target = Math.max(0, (this.time.value - clip.offset_ms) / 1000);
    if (element.readyState < 1) return 0;
    const off = element.currentTime - target;
    if (Math.abs(off) > JUMP || (!run && Math.abs(off) > FINE)) {
      if (!element.seeking) element.currentTime = target;
      element.playbackRate = 1;
    } else {
      const change = Math.abs(off) < FINE ? 0 : Math.min(Math.max(2 * off, -CATCH_UP), CATCH_UP);
      element.playbackRate = 1 - change;
    }
    if (run && element.paused && !element.ended) this.play(element);
    if (!run && !element.paused) element.pause();
    return off;
  }

  /** Browsers refuse sound before the first key or click on a page: it goes on without. */
  private play(element: HTMLMediaElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.muted.value = true;
    });
  }
}

function elementOf(clip: Clip): HTMLMediaElement {
  const element = document.createElement(clip.source === "mic" ? "audio" : "video");
  element.preload = "auto";
  element.dataset["source"] = clip.source;
  element.dataset["offset"] = String(clip.offset_ms);
  if (element instanceof HTMLVideoElement) element.playsInline = true;
  // Ready at the beginning of the window, also before anybody opens it.
  element.addEventListener(
    "loadedmetadata",
    () => {
      if (clip.offset_ms < 0 && element.currentTime === 0) element.currentTime = -clip.offset_ms / 1000;
    },
    { once: true },
  );
  element.src = clip.url;
  return element;
}
