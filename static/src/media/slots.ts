/**
 * Who is in which slot, and since which picture. The server assigns people to slots; the browser shows
 * frames. A slot's name and its picture come together here: after a new assignment the picture is
 * covered until a frame of the new person is really on the screen, so that no name ever stands under
 * another face (docs/architecture.md, DESIGN section 3). Pure: assignments and presented frames flow
 * in, what each slot may show flows out.
 */

import type { Assigned, Source } from "./wire";

export type SlotName = string;

/** The m-lines of the one offer, in the order of the contract. */
export interface SlotPlan {
  audio: SlotName[];
  video: SlotName[];
}

export function slotPlan(small: boolean): SlotPlan {
  const tiles = Array.from({ length: small ? 4 : 9 }, (_, index) => `tile${index}`);
  return { audio: ["audio0", "audio1", "audio2"], video: ["stage", "speaker", ...tiles] };
}

/** A student in an exam sends and receives nobody. */
export const NO_SLOTS: SlotPlan = { audio: [], video: [] };

export interface Shown {
  person: string;
  source: Source;
  generation: number;
  /** False: draw the person's plate over the picture; the frames are not theirs yet. */
  ready: boolean;
}

export const NOBODY: Shown = { person: "", source: "cam", generation: 0, ready: false };

/** True when RTP time `a` is `b` or later; the 32-bit clock wraps (RFC 3550 section 5.1). */
export function reached(a: number, b: number): boolean {
  return (a - b) >>> 0 < 0x80000000;
}

/** A quiet camera may never send the frame that was promised: show what there is after this, ms. */
export const GIVE_UP_AFTER = 4000;

/** One slot's state. */
export class SlotFrames {
  private first = 0;
  private lastRtp: number | null = null;
  private since = 0;
  shown: Shown = NOBODY;

  /** A new assignment, or the same again after a reconnect. Returns true when `shown` changed. */
  assign(message: Assigned, now: number): boolean {
    const { person, source, generation } = message;
    const same =
      this.shown.person === person && this.shown.source === source && this.shown.generation === generation;
    if (same) return false;
    this.first = message.firstRtpTime;
    this.since = now;
    const already = this.lastRtp !== null && reached(this.lastRtp, this.first);
    this.shown = { person, source, generation, ready: person !== "" && already };
    return true;
  }

  /**
   * A frame is on the screen. `rtp` is its RTP time, or null where the browser does not tell: then a
   * frame counts as the new person's one second after the assignment, which outlasts any buffer.
   */
  frame(rtp: number | null, now: number): boolean {
    if (rtp !== null) this.lastRtp = rtp;
    if (this.shown.ready || !this.shown.person) return false;
    const theirs = rtp !== null ? reached(rtp, this.first) : now - this.since >= 1000;
    // A first time far in the future is a server's mistake; a moving picture must not stay covered.
    if (!theirs && now - this.since < GIVE_UP_AFTER) return false;
    this.shown = { ...this.shown, ready: true };
    return true;
  }

  /** The connection was replaced: its pictures are gone, the assignments come anew. */
  reset(): void {
    this.lastRtp = null;
    this.shown = NOBODY;
  }
}
