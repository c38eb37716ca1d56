/**
 * The time of the exam by the server's clock alone. The server's `now` and `seconds_left` flow in with the
 * moment they came (performance.now, which no change of the computer's clock touches); what is left flows
 * out. Pure.
 */
import type { AttemptState } from "./types";

/** In these states the time runs. */
const RUNS: readonly AttemptState[] = ["running", "break"];
/** A difference up to this is the network's, not a decision: the shown seconds do not jump, ms. */
const SAME = 1_500;
/** An answer that took longer waited for a link: the middle of its way says little, ms. */
const SLOW = 3_000;

export class ExamClock {
  /** Server time minus performance.now, ms. */
  private ahead = 0;
  private known = false;
  /** The end on performance.now's scale where the time runs, else what is left, ms. */
  private end = 0;
  private left = 0;
  private runs = false;

  /** An answer of the server, asked at `asked` and here at `came` (performance.now). */
  take(
    view: { now: string; seconds_left: number; state: AttemptState; away?: boolean },
    asked: number,
    came: number,
  ): void {
    let middle = (asked + came) / 2;
    const server = Date.parse(view.now);
    if (this.known && came - asked > SLOW && Number.isFinite(server)) {
      middle = Math.min(Math.max(server - this.ahead, asked), came);
    } else if (Number.isFinite(server)) {
      const ahead = server - middle;
      if (!this.known || Math.abs(ahead - this.ahead) > SAME) this.ahead = ahead;
      this.known = true;
    }
    const left = Math.max(0, view.seconds_left) * 1000;
    const runs = RUNS.includes(view.state) && !view.away;
    const end = middle + left;
    if (!runs || !this.runs || Math.abs(end - this.end) > SAME) this.end = end;
    this.left = left;
    this.runs = runs;
  }

  /** The server's time now, ms since 1970; the computer's until the server has spoken. */
  now(at: number): number {
    return this.known ? at + this.ahead : Date.now();
  }

  /** Whole seconds left, never negative. */
  secondsLeft(at: number): number {
    const left = this.runs ? this.end - at : this.left;
    return Math.max(0, Math.ceil(left / 1000 - 0.001));
  }
}

/** `1:12:40`, `09:05`: hours only where there are any. */
export function counted(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Minutes at which the time is read aloud. */
const ALOUD = [10, 5, 1];

/** The minutes to say aloud when the time went from `before` to `now` seconds; 0 for nothing. */
export function toSay(before: number, now: number): number {
  // From the smallest: after a sleep of the computer one sentence is said, the newest.
  return [...ALOUD].reverse().find(minutes => before > minutes * 60 && now <= minutes * 60) ?? 0;
}
