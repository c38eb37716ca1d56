/** A steady flow that breaks off is told once; a flow that never was, or only sputtered, is not. */
import { describe, expect, it } from "vitest";
import { Pulse, STEADY_AFTER, STOPPED_AFTER } from "../../src/media/pulse";

/** Feed a pulse every 200 ms with what had come by then; the times at which it told a stop. */
function stops(came: (at: number) => number, until: number): number[] {
  const pulse = new Pulse();
  const told: number[] = [];
  for (let at = 0; at <= until; at += 200) if (pulse.take(came(at), at)) told.push(at);
  return told;
}

describe("the pulse", () => {
  it("tells a stop once, soon after it", () => {
    const told = stops(at => Math.min(at, 4000), 20_000);
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(4000 + STOPPED_AFTER);
    expect(told[0]).toBeLessThanOrEqual(4000 + STOPPED_AFTER + 200);
  });

  it("says nothing while nothing ever came, or for a short burst", () => {
    expect(stops(() => 0, 20_000)).toEqual([]);
    expect(stops(at => Math.min(at, STEADY_AFTER - 400), 20_000)).toEqual([]);
  });

  it("lets through what pauses between words: silent Opus comes every 400 ms", () => {
    expect(stops(at => Math.floor(at / 400), 20_000)).toEqual([]);
  });

  it("tells the next stop as well, once the flow was steady again", () => {
    const came = (at: number): number => (at < 4000 ? at : at < 10_000 ? 4000 : Math.min(at, 15_000));
    expect(stops(came, 30_000)).toHaveLength(2);
  });
});
