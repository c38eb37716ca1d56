/**
 * The link in a word. Two readings of getStats (W3C webrtc-stats) flow in, what the path does between
 * them and one of four words flow out; with numbers for whoever opens the details.
 */

export interface Reading {
  /** Milliseconds, of the report. */
  at: number;
  packetsIn: number;
  lostIn: number;
  bytesIn: number;
  bytesOut: number;
  /** Answers to the browser's own checks of the path: signs of life without media. */
  checksIn: number;
  /** Share 0..1 of our packets that the server reports as lost, newest report. */
  lossOut: number;
  /** Milliseconds, NaN when nobody has measured it yet. */
  rtt: number;
  /** The sender's own encoder says that the processor is the limit. */
  cpuLimited: boolean;
  relayed: boolean;
  tcp: boolean;
}

export type Word = "unknown" | "good" | "fair" | "weak" | "lost";

export interface Quality {
  word: Word;
  rtt: number;
  /** Shares in 0..1. */
  lossIn: number;
  lossOut: number;
  kbpsIn: number;
  kbpsOut: number;
  cpuLimited: boolean;
  relayed: boolean;
  tcp: boolean;
}

export const UNKNOWN: Quality = {
  word: "unknown",
  rtt: NaN,
  lossIn: 0,
  lossOut: 0,
  kbpsIn: 0,
  kbpsOut: 0,
  cpuLimited: false,
  relayed: false,
  tcp: false,
};

type Stat = Record<string, unknown>;

function num(stat: Stat, key: string): number {
  const value = stat[key];
  return typeof value === "number" ? value : 0;
}

/** Sum up one stats report. */
export function read(stats: Iterable<unknown>): Reading {
  const reading: Reading = {
    at: 0,
    packetsIn: 0,
    lostIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    checksIn: 0,
    lossOut: 0,
    rtt: NaN,
    cpuLimited: false,
    relayed: false,
    tcp: false,
  };
  const all = [...stats] as Stat[];
  const locals = new Map(all.filter(one => one["type"] === "local-candidate").map(one => [one["id"], one]));
  const chosen = all.find(one => one["type"] === "transport")?.["selectedCandidatePairId"];
  for (const one of all) {
    reading.at = Math.max(reading.at, num(one, "timestamp"));
    switch (one["type"]) {
      case "inbound-rtp":
        reading.packetsIn += num(one, "packetsReceived");
        reading.lostIn += Math.max(0, num(one, "packetsLost"));
        break;
      case "outbound-rtp":
        if (one["qualityLimitationReason"] === "cpu" && one["active"] !== false) {
          reading.cpuLimited = true;
        }
        break;
      case "remote-inbound-rtp":
        reading.lossOut = Math.max(reading.lossOut, num(one, "fractionLost"));
        break;
      case "candidate-pair": {
        reading.bytesIn += num(one, "bytesReceived");
        reading.bytesOut += num(one, "bytesSent");
        reading.checksIn += num(one, "responsesReceived");
        const inUse = chosen ? one["id"] === chosen : one["nominated"] === true;
        if (!inUse) break;
        const rtt = one["currentRoundTripTime"];
        if (typeof rtt === "number") reading.rtt = rtt * 1000;
        const local = locals.get(one["localCandidateId"]);
        reading.relayed = local?.["candidateType"] === "relay";
        reading.tcp = local?.["protocol"] === "tcp" || local?.["relayProtocol"] === "tcp";
      }
    }
  }
  return reading;
}

/** What happened between two readings of one connection. */
export function judge(before: Reading, after: Reading): Quality {
  const seconds = (after.at - before.at) / 1000;
  if (seconds <= 0) return UNKNOWN;
  const came = Math.max(0, after.packetsIn - before.packetsIn);
  const missed = Math.max(0, after.lostIn - before.lostIn);
  const lossIn = came + missed >= 20 ? missed / (came + missed) : 0;
  const kbpsIn = (Math.max(0, after.bytesIn - before.bytesIn) * 8) / 1000 / seconds;
  const kbpsOut = (Math.max(0, after.bytesOut - before.bytesOut) * 8) / 1000 / seconds;
  const silent = after.bytesIn === before.bytesIn && after.checksIn === before.checksIn;
  const loss = Math.max(lossIn, after.lossOut);
  const rtt = after.rtt;
  let word: Word = "good";
  if (loss > 0.03 || rtt > 300) word = "fair";
  if (loss > 0.1 || rtt > 800) word = "weak";
  // Chromium checks a quiet path every 2.5 s; silence over a longer span is a path that is gone.
  if (silent && seconds >= 3) word = "lost";
  return {
    word,
    rtt,
    lossIn,
    lossOut: after.lossOut,
    kbpsIn,
    kbpsOut,
    cpuLimited: after.cpuLimited,
    relayed: after.relayed,
    tcp: after.tcp,
  };
}

const RANK: readonly Word[] = ["good", "fair", "weak", "lost"];

/** The word people see: worse at once, better only after two readings in a row say so. */
export class Verdict {
  word: Word = "unknown";
  private better = 0;

  take(next: Word): Word {
    if (next === "unknown") return this.word;
    if (this.word === "unknown" || RANK.indexOf(next) >= RANK.indexOf(this.word)) {
      this.word = next;
      this.better = 0;
    } else if (++this.better >= 2) {
      this.word = next;
      this.better = 0;
    }
    return this.word;
  }
}
