/**
 * Whether what was coming has stopped coming. The arrival time of the newest packet flows in, a few
 * times a second; out flows, once a stop, the word that a steady flow broke off. Much sooner than ICE
 * doubts a path (Chromium: 2.5 s), but a sender who switches off looks the same: it is a reason to ask,
 * never to act.
 */

/** Milliseconds without anything new that count as a stop. Silent Opus comes every 400 ms. */
export const STOPPED_AFTER = 600;
/** Milliseconds of coming without a stop that make a flow steady. */
export const STEADY_AFTER = 1000;

export class Pulse {
  private newest = 0;
  private changed = -Infinity;
  private since = Infinity;

  /** True in the moment in which a steady flow counts as stopped. */
  take(newest: number, now: number): boolean {
    if (newest !== this.newest) {
      if (now - this.changed > STOPPED_AFTER) this.since = now;
      this.newest = newest;
      this.changed = now;
      return false;
    }
    if (now - this.changed <= STOPPED_AFTER) return false;
    const steady = this.changed - this.since >= STEADY_AFTER;
    this.since = Infinity;
    return steady;
  }

  /** Something came just now. */
  beats(now: number): boolean {
    return now - this.changed <= STOPPED_AFTER;
  }
}
