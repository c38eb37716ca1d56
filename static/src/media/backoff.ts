/**
 * How long to wait before the next try: at once the first time, then growing to a ceiling, with
 * jitter, so that three hundred pages do not all knock on a restarted server in the same moment.
 */

export interface Pace {
  /** Milliseconds before the second try; the first comes at once. */
  first: number;
  growth: number;
  /** Never longer than this between two tries. */
  most: number;
}

export const SOCKET_PACE: Pace = { first: 250, growth: 1.8, most: 5000 };
export const MEDIA_PACE: Pace = { first: 500, growth: 2, most: 5000 };

/** Milliseconds before try number `tries` (0 = the first). `random` in 0..1 spreads the wait. */
export function wait(tries: number, pace: Pace, random: number): number {
  if (tries <= 0) return Math.round(random * Math.min(pace.first, 150));
  const full = Math.min(pace.most, pace.first * pace.growth ** (tries - 1));
  return Math.round(full * (0.5 + 0.5 * random));
}
