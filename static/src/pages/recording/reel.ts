/**
 * The slides of a recording at any moment: moments in order flow in, the board of a time flows out. Going on
 * is a step from where it is; going back folds from the beginning, which takes a few milliseconds. Pure.
 */
import { Board } from "../../class/slides/board";

export interface SlideMoment {
  n: number;
  /** Milliseconds of the recording. */
  at: number;
  kind: string;
  person: string;
  data: Record<string, unknown>;
}

export class Reel {
  private moments: readonly SlideMoment[] = [];
  private board = new Board();
  private next = 0;
  private time = 0;
  /** When the page that is shown came, in ms; -1 while none is. */
  since = -1;

  add(moments: readonly SlideMoment[]): void {
    const last = this.moments.at(-1)?.n ?? 0;
    this.moments = [...this.moments, ...moments.filter(one => one.n > last)];
  }

  /** The number of the last moment known, 0 for none. */
  get last(): number {
    return this.moments.at(-1)?.n ?? 0;
  }

  at(time: number): Board {
    if (time < this.time) {
      this.board = new Board();
      this.next = 0;
      this.since = -1;
    }
    this.time = time;
    for (let one = this.moments[this.next]; one && one.at <= time; one = this.moments[this.next]) {
      this.board.apply(one.kind, one.person, one.data);
      if (one.kind === "slides.shown") this.since = one.at;
      if (one.kind === "slides.closed") this.since = -1;
      this.next += 1;
    }
    return this.board;
  }
}
