/** Marks of a recording: of many hands at once one is drawn, other kinds are not crowded out. */
import { describe, expect, it } from "vitest";
import type { Moment } from "../../src/pages/recording/cast";
import { rows, thinned } from "../../src/pages/recording/Marks";

const moment = (kind: string, at: number): Moment => ({ kind, at, person: "a", data: {} });

describe("marks", () => {
  it("are thinned by kind", () => {
    const hands = Array.from({ length: 300 }, (_, n) => moment("hand.raised", n));
    const found = thinned([...hands, moment("poll.opened", 10), moment("chat.said", 20)], 100_000);
    expect(found.map(one => one.kind)).toEqual(["hand.raised", "poll.opened"]);
    expect(thinned([moment("hand.raised", 0), moment("hand.raised", 5_000)], 100_000).length).toBe(2);
  });

  it("lie over one another in rows, and what finds no place is left out", () => {
    const found = rows(
      [0, 100, 200, 300, 5_000].map(at => moment("hand.raised", at)),
      10_000,
      500,
    );
    expect(found.map(([one, row]) => [one.at, row])).toEqual([
      [0, 0],
      [100, 1],
      [200, 2],
      [5_000, 0],
    ]);
  });
});
