/**
 * The recovery ladder of the media connection (DESIGN section 3): a doubtful path gets an ICE restart,
 * a lost one a new connection, by itself and without end. Pure: what happened and the time flow in, the
 * next step flows out; the session carries it out.
 */

import { MEDIA_PACE, wait } from "./backoff";

export type Happening =
  | "connected" // the path stands
  | "shaky" // ICE says disconnected, or the server hears nothing from us
  | "failed" // ICE or DTLS gave up, or an offer was refused
  | "lost" // the media worker is gone, its keys with it
  | "moved" // the network came back or changed, the page woke up
  | "tick"; // time went by

export type Step = "nothing" | "restart" | "replace";

/** `doubtful`: a restart is due; `waiting`: a new connection is due. */
export type Phase = "opening" | "up" | "doubtful" | "restarting" | "waiting";

/** Milliseconds a new connection may take. Chromium needs 0.4 s; a phone on a weak link a few. */
export const CONNECT_WITHIN = 10000;
/** Milliseconds an ICE restart may take before the connection is given up. */
export const RESTART_WITHIN = 5000;
/** A path that stood this long pays off the failures before it. */
export const STEADY_AFTER = 20000;

export class Ladder {
  phase: Phase = "opening";
  private since: number;
  private upAt = 0;
  private failures = 0;

  constructor(
    now: number,
    private readonly random: () => number = Math.random,
  ) {
    this.since = now;
  }

  /** What to do now. `signalling`: the class socket is open; no step can be made without it. */
  next(happening: Happening, now: number, signalling: boolean): Step {
    this.note(happening, now);
    return this.due(now, signalling);
  }

  /** The session has begun a new connection. */
  began(now: number): void {
    this.phase = "opening";
    this.since = now;
  }

  private note(happening: Happening, now: number): void {
    switch (happening) {
      case "connected":
        if (this.phase !== "up") this.upAt = now;
        this.phase = "up";
        break;
      case "shaky":
        if (this.phase === "up") this.phase = "doubtful";
        break;
      case "moved":
        // A restart over a path that still stands costs one small exchange and does no harm.
        if (this.phase === "up") this.phase = "doubtful";
        if (this.phase === "waiting") this.since = now;
        break;
      case "failed":
      case "lost":
        this.giveUp(now);
        break;
      case "tick":
        if (this.phase === "opening" && now - this.since > CONNECT_WITHIN) this.giveUp(now);
        if (this.phase === "restarting" && now - this.since > RESTART_WITHIN) this.giveUp(now);
    }
  }

  private giveUp(now: number): void {
    if (this.phase === "waiting") return;
    if (this.phase === "up" && now - this.upAt > STEADY_AFTER) this.failures = 0;
    this.phase = "waiting";
    this.since = now + wait(this.failures, MEDIA_PACE, this.random());
    this.failures += 1;
  }

  private due(now: number, signalling: boolean): Step {
    if (!signalling) return "nothing";
    if (this.phase === "doubtful") {
      this.phase = "restarting";
      this.since = now;
      return "restart";
    }
    return this.phase === "waiting" && now >= this.since ? "replace" : "nothing";
  }
}
