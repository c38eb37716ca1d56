/** The recovery ladder, faster than real time. */
import { describe, expect, it } from "vitest";
import { CONNECT_WITHIN, Ladder, RESTART_WITHIN, STEADY_AFTER } from "../../src/media/ladder";

const up = (at = 0): Ladder => {
  const ladder = new Ladder(at, () => 1);
  ladder.next("connected", at, true);
  return ladder;
};

describe("the ladder", () => {
  it("restarts ICE when the path is doubtful, once", () => {
    const ladder = up();
    expect(ladder.next("shaky", 1000, true)).toBe("restart");
    expect(ladder.next("shaky", 1100, true)).toBe("nothing");
    expect(ladder.next("connected", 1500, true)).toBe("nothing");
    expect(ladder.phase).toBe("up");
  });

  it("makes a new connection when the restart does not help", () => {
    const ladder = up();
    ladder.next("shaky", 1000, true);
    expect(ladder.next("tick", 1000 + RESTART_WITHIN, true)).toBe("nothing");
    ladder.next("tick", 1001 + RESTART_WITHIN, true);
    expect(ladder.next("tick", 1300 + RESTART_WITHIN, true)).toBe("replace");
  });

  it("makes a new connection within a moment when the worker is lost", () => {
    const ladder = up();
    ladder.next("lost", 30000, true);
    expect(ladder.next("tick", 30200, true)).toBe("replace");
  });

  it("waits for the class socket before any step", () => {
    const ladder = up();
    expect(ladder.next("shaky", 1000, false)).toBe("nothing");
    expect(ladder.next("tick", 60000, false)).toBe("nothing");
    expect(ladder.next("tick", 60001, true)).toBe("restart");
    const other = up();
    other.next("failed", 1000, false);
    expect(other.next("tick", 50000, false)).toBe("nothing");
    expect(other.next("tick", 50001, true)).toBe("replace");
  });

  it("gives a new connection up that does not connect, and never stops trying", () => {
    const ladder = new Ladder(0, () => 1);
    let now = 0;
    for (let round = 0; round < 20; round++) {
      ladder.next("tick", (now += CONNECT_WITHIN + 1), true);
      let step = ladder.next("tick", now, true);
      for (let waited = 0; step !== "replace"; waited += 100) {
        expect(waited).toBeLessThanOrEqual(5100);
        step = ladder.next("tick", (now += 100), true);
      }
      ladder.began(now);
    }
  });

  it("waits less after a path that stood for long", () => {
    const ladder = up();
    for (let round = 0; round < 6; round++) {
      ladder.next("failed", round, true);
      ladder.began(round);
    }
    ladder.next("connected", 100, true);
    ladder.next("lost", 101 + STEADY_AFTER, true);
    expect(ladder.next("tick", 300 + STEADY_AFTER, true)).toBe("replace");
  });

  it("looks at once when the page wakes or the network changes", () => {
    expect(up().next("moved", 5000, true)).toBe("restart");
    const ladder = up();
    for (let round = 0; round < 8; round++) {
      ladder.next("failed", 10, true);
      ladder.began(10);
    }
    ladder.next("failed", 20, true);
    expect(ladder.next("moved", 21, true)).toBe("replace");
  });
});
