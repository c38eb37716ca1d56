/**
 * Puts the small pictures on the cards. Pictures flow in from the feed, canvases from the cards; only what
 * is on the screen is decoded, off the main thread, and no card is drawn anew for a picture. The newest
 * picture of each stream is kept, so that a card that scrolls into view has one at once.
 */
import type { Picture, Stream } from "./pictures";

/** A picture older than this is drawn faded: it shows how things were. */
export const OLD = 6_000; // ms

interface Kept {
  jpeg: Uint8Array<ArrayBuffer>;
  at: number;
}

interface Place {
  key: string;
  seen: boolean;
  drawn: Kept | null;
  busy: boolean;
}

export function keyOf(person: string, stream: Stream): string {
  return `${stream}:${person}`;
}

export class Painter {
  private readonly kept = new Map<string, Kept>();
  private readonly places = new Map<HTMLCanvasElement, Place>();
  private readonly watch: IntersectionObserver | null;

  constructor() {
    const seen = (entries: IntersectionObserverEntry[]): void => {
      for (const entry of entries) {
        const canvas = entry.target as HTMLCanvasElement;
        const place = this.places.get(canvas);
        if (!place) continue;
        place.seen = entry.isIntersecting;
        if (place.seen) void this.draw(canvas, place);
      }
    };
    this.watch =
      typeof IntersectionObserver === "undefined"
        ? null
        : new IntersectionObserver(seen, { rootMargin: "120px" });
  }

  put(pictures: readonly Picture[], now = Date.now()): void {
    const fresh = new Set<string>();
    for (const { person, stream, jpeg } of pictures) {
      const key = keyOf(person, stream);
      // A copy: the whole answer must not stay in memory for one picture of it.
      this.kept.set(key, { jpeg: jpeg.slice(), at: now });
      fresh.add(key);
    }
    for (const [canvas, place] of this.places) {
      if (place.seen && fresh.has(place.key)) void this.draw(canvas, place);
      const kept = this.kept.get(place.key);
      const old = kept !== undefined && now - kept.at > OLD;
      if ((canvas.dataset["old"] === "true") !== old) canvas.dataset["old"] = String(old);
    }
  }

  /** Draw the pictures of a student on a canvas from now on. Returns how to stop. */
  attach(canvas: HTMLCanvasElement, person: string, stream: Stream): () => void {
    const place: Place = { key: keyOf(person, stream), seen: this.watch === null, drawn: null, busy: false };
    this.places.set(canvas, place);
    this.watch?.observe(canvas);
    if (place.seen) void this.draw(canvas, place);
    return () => {
      this.watch?.unobserve(canvas);
      this.places.delete(canvas);
    };
  }

  stop(): void {
    this.watch?.disconnect();
    this.places.clear();
    this.kept.clear();
  }

  private async draw(canvas: HTMLCanvasElement, place: Place): Promise<void> {
    const kept = this.kept.get(place.key);
    if (!kept || place.busy || place.drawn === kept) return;
    place.busy = true;
    try {
      const bitmap = await createImageBitmap(new Blob([kept.jpeg], { type: "image/jpeg" }));
      if (this.places.get(canvas) === place) {
        canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
        canvas.dataset["drawn"] = "true";
      }
      bitmap.close();
    } catch {
      // Not a picture after all: the next one will be.
    }
    place.busy = false;
    place.drawn = kept;
    // One that came meanwhile.
    if (this.kept.get(place.key) !== kept && this.places.get(canvas) === place) void this.draw(canvas, place);
  }
}
