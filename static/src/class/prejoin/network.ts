/**
 * How good the way to the server is, before the class: a few small answers and one larger file are timed,
 * and the numbers become a word. Fetches of the own server flow out, a verdict flows in.
 */
import { within } from "../../api/abort";

/** `blocked`: the server does not answer at all. */
export type Verdict = "good" | "fair" | "weak" | "blocked";

export interface Measured {
  /** Milliseconds of a round trip, each that came back. */
  trips: number[];
  lost: number;
  /** Of the larger file; 0 where it could not be told. */
  kbps: number;
}

const TRIPS = 5;
const PATIENCE = 4_000; // ms for one answer

/*
 * A class of one stage, some tiles and sound takes about 1.5 Mbit/s; sound with a small picture 0.4.
 * Beyond 400 ms both ways people begin to talk into one another (ITU-T G.114).
 */
const GOOD = { trip: 200, kbps: 2_000 };
const FAIR = { trip: 450, kbps: 500 };

export function judge({ trips, lost, kbps }: Measured): Verdict {
  if (trips.length === 0) return "blocked";
  const sorted = [...trips].sort((a, b) => a - b);
  const trip = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const fast = (least: number): boolean => kbps === 0 || kbps >= least;
  if (lost > 1) return "weak";
  if (trip <= GOOD.trip && fast(GOOD.kbps) && lost === 0) return "good";
  return trip <= FAIR.trip && fast(FAIR.kbps) ? "fair" : "weak";
}

/** Bits per millisecond are kbit/s. What came out of a cache, or at once, tells nothing: 0. */
export function speed(bytes: number, milliseconds: number): number {
  return bytes < 20_000 || milliseconds < 5 ? 0 : Math.round((bytes * 8) / milliseconds);
}

async function timed(url: string, stop: AbortSignal): Promise<{ bytes: number; milliseconds: number }> {
  const begun = performance.now();
  const answer = await fetch(url, { cache: "no-store", signal: within(PATIENCE, stop) });
  const body = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(String(answer.status));
  return { bytes: body.byteLength, milliseconds: performance.now() - begun };
}

/** `large` is the address of a file of some 100 kB, or empty. */
export async function measure(stop: AbortSignal, large: string): Promise<Verdict> {
  const measured: Measured = { trips: [], lost: 0, kbps: 0 };
  for (let trip = 0; trip < TRIPS && !stop.aborted; trip++) {
    try {
      measured.trips.push((await timed("/healthz", stop)).milliseconds);
    } catch {
      measured.lost += 1;
      if (measured.lost > 2) break;
    }
  }
  if (large && measured.trips.length > 0 && !stop.aborted) {
    try {
      await timed(large, stop);
      const entries = performance.getEntriesByName(new URL(large, location.href).href);
      const last = entries[entries.length - 1] as PerformanceResourceTiming | undefined;
      // Compressed on the way: what counts is what was carried, without waiting for its first byte.
      if (last) measured.kbps = speed(last.encodedBodySize, last.responseEnd - last.requestStart);
    } catch {
      measured.lost += 1;
    }
  }
  return judge(measured);
}

/** The page's own largest script. */
export function largest(): string {
  const scripts = performance
    .getEntriesByType("resource")
    .filter((one): one is PerformanceResourceTiming => one instanceof PerformanceResourceTiming)
    .filter(one => one.initiatorType === "script" || /\/assets\/[^/]+\.js$/.test(one.name));
  return scripts.sort((a, b) => b.encodedBodySize - a.encodedBodySize)[0]?.name ?? "";
}
