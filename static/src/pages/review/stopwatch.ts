/**
 * How long an item was looked at: the time with the page in front, and no other. "In front" and "behind"
 * flow in, seconds flow out.
 */
export class Stopwatch {
  private spent = 0;
  private since: number | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Begin anew, for another item. */
  restart(front: boolean): void {
    this.spent = 0;
    this.since = front ? this.now() : null;
  }

  front(is: boolean): void {
    if (is && this.since === null) this.since = this.now();
    if (!is && this.since !== null) {
      this.spent += this.now() - this.since;
      this.since = null;
    }
  }

  /** Whole seconds; at most what the server takes, two hours. */
  get seconds(): number {
    const running = this.since === null ? 0 : this.now() - this.since;
    return Math.min(7200, Math.round((this.spent + running) / 1000));
  }
}
