/**
 * What was really played: small steps of playing time in, stretches for the server out. A jump begins a
 * new stretch. What is not yet acknowledged is sent again.
 */

export type Range = [number, number];

/** Steps this close, in ms of the recording, are one stretch. */
const JOINED = 50;

export class Watched {
  private open: Range | null = null;
  private done: Range[] = [];

  /** Played from `from` to `to`, in ms of the recording. */
  step(from: number, to: number): void {
    if (to <= from) return;
    if (this.open && Math.abs(from - this.open[1]) <= JOINED) {
      this.open[1] = to;
      return;
    }
    this.close();
    this.open = [from, to];
  }

  private close(): void {
    if (this.open) this.done.push(this.open);
    this.open = null;
  }

  /** Take what is there; give it back with `again` when it did not arrive. */
  take(): Range[] {
    this.close();
    const taken = this.done.map(([from, to]): Range => [Math.round(from), Math.round(to)]);
    this.done = [];
    return taken.slice(-100);
  }

  again(ranges: readonly Range[]): void {
    this.done.unshift(...ranges);
  }
}
