/**
 * Plays many files as one recording. One clock leads; each file that is on has an element of its own
 * which is kept within a few hundredths of a second of it: by playing a little faster or slower, or by
 * a jump when it is far off. While an element has no data the clock waits. Elements for pictures are put
 * where the page says; sound has elements of its own.
 */
import { signal } from "@preact/signals";
import { nextStart, scene, type Piece, type Scene, type Speech } from "./cast";
import { Watched } from "./watched";

const TICK = 100;
/** Seconds an element may be off before it jumps. */
const JUMP = 0.35;
/** Seconds that nobody notices. */
const FINE = 0.015;
/** Largest change of speed to catch up: a tenth of a second is made up in half a second. */
const CATCH_UP = 0.25;
/** Milliseconds an element may take before the rest goes on without it. */
const GIVE_UP = 6000;
/** Milliseconds an element that is not on is kept, for a seek back. */
const KEEP = 8000;

interface Part {
  piece: Piece;
  element: HTMLMediaElement;
  url: string;
  /** Since when it has had no data while it should play; 0 while it has. */
  starving: number;
  unusedAt: number;
}

export interface Places {
  stage: HTMLElement;
  beside: HTMLElement;
}

const EMPTY: Scene = { stage: null, beside: null, sounds: [], speaker: "" };

export class Player {
  readonly playing = signal(false);
  readonly waiting = signal(false);
  readonly ended = signal(false);
  /** Milliseconds of the recording. */
  readonly time = signal(0);
  readonly length = signal(0);
  readonly rate = signal(1);
  readonly muted = signal(false);
  readonly now = signal<Scene>(EMPTY);
  /** How far apart the elements that play are, in ms; for tests and the curious. */
  readonly skew = signal(0);
  readonly watched = new Watched();

  private pieces: readonly Piece[] = [];
  private spoken: readonly Speech[] = [];
  private presenters: ReadonlySet<string> = new Set();
  private readonly parts = new Map<string, Part>();
  private places: Places | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private last = 0;

  load(pieces: readonly Piece[], spoken: readonly Speech[], presenters: ReadonlySet<string>): void {
    this.pieces = pieces;
    this.spoken = spoken;
    this.presenters = presenters;
    this.length.value = Math.max(0, ...pieces.map(piece => piece.ends));
    for (const part of this.parts.values()) {
      part.piece = pieces.find(piece => piece.piece === part.piece.piece) ?? part.piece;
    }
    this.tick();
  }

  start(places: Places): void {
    this.places = places;
    this.last = performance.now();
    this.timer = setInterval(() => this.tick(), TICK);
    this.tick();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const part of this.parts.values()) this.drop(part);
    this.parts.clear();
    this.places = null;
  }

  toggle(): void {
    if (this.ended.value) this.seek(0);
    this.playing.value = !this.playing.value;
    this.tick();
  }

  seek(to: number): void {
    this.time.value = Math.min(Math.max(0, to), Math.max(0, this.length.value - 1));
    this.ended.value = false;
    this.tick();
  }

  private tick(): void {
    const now = performance.now();
    const passed = (now - this.last) * this.rate.value;
    this.last = now;
    if (!this.places) return;
    if (this.playing.value && !this.waiting.value) this.advance(passed);
    const at = this.time.value;
    const found = scene(this.pieces, this.spoken, this.presenters, at);
    const before = this.now.value;
    if (before.stage?.piece !== found.stage?.piece || before.beside?.piece !== found.beside?.piece) {
      this.now.value = found;
    } else if (before.speaker !== found.speaker) this.now.value = found;
    this.follow(found, now);
  }

  private advance(passed: number): void {
    const from = this.time.value;
    let to = from + passed;
    const next = nextStart(this.pieces, to);
    if (next === null) {
      to = this.length.value;
      this.playing.value = false;
      this.ended.value = true;
    } else if (next > to) {
      to = next; // nothing was recorded here: a pause, or a lesson that was opened again
      this.time.value = to;
      return;
    }
    this.watched.step(from, Math.min(to, this.length.value));
    this.time.value = to;
  }

  private follow(found: Scene, now: number): void {
    const wanted = new Set<string>();
    let starving = false;
    const offs: number[] = [];
    const run = this.playing.value && !this.waiting.value;
    for (const piece of [found.stage, found.beside, ...found.sounds]) {
      if (!piece) continue;
      wanted.add(piece.piece);
      const part = this.part(piece);
      part.unusedAt = 0;
      const off = this.align(part, run);
      if (this.ready(part)) {
        part.starving = 0;
        offs.push(off);
      } else {
        part.starving ||= now;
        if (!part.element.error && now - part.starving < GIVE_UP) starving = true;
      }
    }
    this.skew.value = offs.length > 1 ? Math.round((Math.max(...offs) - Math.min(...offs)) * 1000) : 0;
    this.waiting.value = this.playing.value && starving;
    for (const part of this.parts.values()) {
      if (wanted.has(part.piece.piece)) continue;
      part.element.pause();
      part.unusedAt ||= now;
      if (now - part.unusedAt > KEEP) {
        this.drop(part);
        this.parts.delete(part.piece.piece);
      }
    }
    this.put(found);
  }

  private ready({ element }: Part): boolean {
    return element.ended || (element.readyState >= 3 && !element.seeking);
  }

  /** Bring an element to where the clock is; returns how far it is off, in seconds. */
  private align(part: Part, run: boolean): number {
    const { element, piece } = part;
    element.muted = piece.source !== "mic" || this.muted.value;
    const target = (this.time.value - piece.starts) / 1000;
    if (part.url !== piece.url && target > element.duration - 0.5) {
      element.src = part.url = piece.url; // it has grown since
    }
    if (element.readyState < 1) return 0;
    const off = element.currentTime - target;
    if (Math.abs(off) > JUMP || (!run && Math.abs(off) > FINE)) {
      if (!element.seeking) element.currentTime = Math.max(0, target);
      element.playbackRate = this.rate.value;
    } else {
      const change = Math.abs(off) < FINE ? 0 : Math.min(Math.max(2 * off, -CATCH_UP), CATCH_UP);
      element.playbackRate = this.rate.value * (1 - change);
    }
    if (run && element.paused && !element.ended) element.play().catch(() => undefined);
    if (!run && !element.paused) element.pause();
    return off;
  }

  private part(piece: Piece): Part {
    const known = this.parts.get(piece.piece);
    if (known) return known;
    const element = document.createElement(piece.source === "mic" ? "audio" : "video");
    element.preload = "auto";
    element.preservesPitch = true;
    element.dataset["piece"] = piece.piece;
    if (element instanceof HTMLVideoElement) element.playsInline = true;
    element.src = piece.url;
    const made: Part = { piece, element, url: piece.url, starving: 0, unusedAt: 0 };
    this.parts.set(piece.piece, made);
    return made;
  }

  private put(found: Scene): void {
    if (!this.places) return;
    for (const [place, piece] of [
      [this.places.stage, found.stage],
      [this.places.beside, found.beside],
    ] as const) {
      const element = piece ? this.parts.get(piece.piece)?.element : undefined;
      if (place.firstElementChild === (element ?? null)) continue;
      place.replaceChildren(...(element ? [element] : []));
    }
  }

  private drop({ element }: Part): void {
    element.pause();
    element.removeAttribute("src");
    element.load();
    element.remove();
  }
}
