/** The link in a word, from readings that look like getStats. */
import { describe, expect, it } from "vitest";
import { judge, read, Verdict } from "../../src/media/quality";

const stats = (
  at: number,
  over: { received?: number; lost?: number; bytes?: number; checks?: number; rtt?: number; lossOut?: number },
) =>
  read([
    { type: "transport", timestamp: at, selectedCandidatePairId: "p1" },
    { type: "local-candidate", id: "l1", timestamp: at, candidateType: "host", protocol: "udp" },
    {
      type: "candidate-pair",
      id: "p1",
      timestamp: at,
      localCandidateId: "l1",
      bytesReceived: over.bytes ?? at * 10,
      bytesSent: at,
      responsesReceived: over.checks ?? at,
      currentRoundTripTime: (over.rtt ?? 40) / 1000,
    },
    {
      type: "inbound-rtp",
      timestamp: at,
      packetsReceived: over.received ?? at / 10,
      packetsLost: over.lost ?? 0,
    },
    { type: "remote-inbound-rtp", timestamp: at, fractionLost: over.lossOut ?? 0 },
  ]);

describe("judge", () => {
  it("calls a quiet clean path good and tells its numbers", () => {
    const quality = judge(stats(10000, {}), stats(12000, {}));
    expect(quality).toMatchObject({ word: "good", lossIn: 0, tcp: false, relayed: false });
    expect(quality.rtt).toBeCloseTo(40);
    expect(quality.kbpsIn).toBeCloseTo(80);
  });

  it.each([
    [{ lost: 10, received: 1100 }, "fair"],
    [{ lost: 40, received: 1100 }, "weak"],
    [{ rtt: 500 }, "fair"],
    [{ rtt: 900 }, "weak"],
    [{ lossOut: 0.2 }, "weak"],
  ])("%j is %s", (over, word) => {
    expect(judge(stats(10000, { received: 1000 }), stats(12000, over)).word).toBe(word);
  });

  it("calls silence over seconds lost", () => {
    expect(judge(stats(10000, { bytes: 5, checks: 5 }), stats(14000, { bytes: 5, checks: 5 })).word).toBe(
      "lost",
    );
  });

  it("does not count a handful of packets as a loss rate", () => {
    expect(judge(stats(10000, { received: 1000 }), stats(12000, { received: 1005, lost: 2 })).word).toBe(
      "good",
    );
  });
});

describe("the word people see", () => {
  it("gets worse at once and better after two readings", () => {
    const verdict = new Verdict();
    expect(
      ["good", "weak", "good", "good", "fair", "good", "fair", "good", "good"].map(word =>
        verdict.take(word as "good"),
      ),
    ).toEqual(["good", "weak", "weak", "good", "fair", "fair", "fair", "fair", "good"]);
  });
});
