/**
 * What to try in a trial class, and what of it has been tried. Facts of the visit flow in, a list flows
 * out; what was done once stays done. Pure.
 */
export const STEPS = [
  "start",
  "mic",
  "hear",
  "cam",
  "share",
  "slides",
  "draw",
  "chat",
  "hand",
  "poll",
] as const;
export type TrialStep = (typeof STEPS)[number];

/** What is so at this moment. */
export type Facts = Record<TrialStep, boolean>;

/** What is there to try for this person: who runs the class has more of it. */
export function stepsFor(runs: boolean, canShare: boolean): TrialStep[] {
  const mine: readonly TrialStep[] = runs
    ? ["start", "mic", "hear", "cam", "share", "slides", "draw", "chat", "poll"]
    : ["mic", "hear", "cam", "share", "chat", "hand"];
  return mine.filter(step => step !== "share" || canShare);
}

/** What is done by now; the same set where nothing is new. */
export function progress(done: ReadonlySet<TrialStep>, facts: Facts): ReadonlySet<TrialStep> {
  const fresh = STEPS.filter(step => facts[step] && !done.has(step));
  return fresh.length > 0 ? new Set([...done, ...fresh]) : done;
}
