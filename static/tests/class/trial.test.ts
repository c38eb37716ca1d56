/** The list of a trial class: what there is to try for whom, and that what was done stays done. */
import { describe, expect, it } from "vitest";
import { progress, STEPS, stepsFor, type Facts } from "../../src/class/trial/steps";

const nothing = Object.fromEntries(STEPS.map(step => [step, false])) as Facts;

describe("a trial", () => {
  it("has more to try for who runs it, and no screen where there is none", () => {
    expect(stepsFor(true, true)).toEqual(
      expect.arrayContaining(["start", "slides", "draw", "poll", "share"]),
    );
    expect(stepsFor(false, true)).toEqual(["mic", "hear", "cam", "share", "chat", "hand"]);
    expect(stepsFor(false, false)).not.toContain("share");
    expect(new Set([...stepsFor(true, true), ...stepsFor(false, true)])).toEqual(new Set(STEPS));
  });

  it("ticks off what is tried, and keeps it", () => {
    const first = progress(new Set(), { ...nothing, cam: true });
    expect([...first]).toEqual(["cam"]);
    const off = progress(first, { ...nothing, chat: true });
    expect([...off].sort()).toEqual(["cam", "chat"]);
    expect(progress(off, nothing)).toBe(off);
  });
});
