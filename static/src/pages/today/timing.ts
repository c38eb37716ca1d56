/**
 * What a lesson is at a moment, in the words of a person who looks at the clock. Pure: lessons and `now`
 * flow in, phases flow out. Only for drawing; who may enter when is the server's decision.
 */
import type { LessonView } from "../../api/types";

/**
 * live: the class is open. late: its time has come and nobody has opened it. soon: begins within
 * `SOON`. later, over, cancelled: as they say.
 */
export type Phase = "live" | "late" | "soon" | "later" | "over" | "cancelled";

export const SOON = 15 * 60_000; // ms; time to check a camera and a microphone

type Timed = Pick<LessonView, "starts" | "ends" | "state">;

export function phaseOf(lesson: Timed, now: number): Phase {
  if (lesson.state === "cancelled") return "cancelled";
  if (lesson.state === "closed") return "over";
  if (lesson.state === "open") return "live";
  const starts = Date.parse(lesson.starts);
  if (now >= Date.parse(lesson.ends)) return "over";
  if (now >= starts) return "late";
  return starts - now <= SOON ? "soon" : "later";
}

/** Whether to offer the way into the class now. */
export function isAtHand(phase: Phase): boolean {
  return phase === "live" || phase === "late" || phase === "soon";
}

/** By start, then title, so that the order never jumps. */
export function inOrder<T extends Pick<LessonView, "starts" | "title">>(lessons: readonly T[]): T[] {
  return [...lessons].sort(
    (a, b) => Date.parse(a.starts) - Date.parse(b.starts) || a.title.localeCompare(b.title),
  );
}

/** Index before which the line "now" is drawn: the first lesson that has not begun; length at the end. */
export function nowLine(lessons: readonly Timed[], now: number): number {
  const at = lessons.findIndex(lesson => Date.parse(lesson.starts) > now);
  return at === -1 ? lessons.length : at;
}
