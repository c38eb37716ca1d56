/**
 * What this device can do in an exam, and the verdict on its equipment. Facts of the browser flow in; the
 * agent of the attempt, one word and the advice that goes with it flow out.
 */
import { within } from "../api/abort";
import { hardware } from "../media/local";
import type { Agent } from "./types";
import { displays, isVirtual } from "./watch";

export function agentOf(): Agent {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return {
    desktop: !hardware().phone && !/Android|iPhone|iPad|Mobile/.test(navigator.userAgent),
    screen_capture: typeof media?.getDisplayMedia === "function",
    displays: displays(),
    browser: navigator.userAgent.slice(0, 200),
  };
}

/** Phones cannot show their whole screen; without it the exam needs another computer. */
export function canSit(agent: Agent): boolean {
  return agent.desktop && (agent.screen_capture || !window.isSecureContext);
}

export type Advice = "no_camera" | "portrait" | "small" | "virtual" | "displays" | "slow" | "unreachable";

export interface Facts {
  /** Null: no camera. */
  camera: { width: number; height: number; label: string } | null;
  displays: number | null;
  /** Milliseconds of a round trip; null where the server did not answer. */
  trip: number | null;
}

const SLOW = 500;

/** The verdict and what could be better. Weak is enough for the exam, only bad needs help first. */
export function judge(facts: Facts): { verdict: "good" | "weak" | "bad"; advice: Advice[] } {
  const advice: Advice[] = [];
  const { camera } = facts;
  if (!camera) advice.push("no_camera");
  else {
    if (camera.height > camera.width) advice.push("portrait");
    if (Math.min(camera.width, camera.height) < 240) advice.push("small");
    if (isVirtual(camera.label)) advice.push("virtual");
  }
  if ((facts.displays ?? 1) > 1) advice.push("displays");
  if (facts.trip === null) advice.push("unreachable");
  else if (facts.trip > SLOW) advice.push("slow");
  const bad = advice.includes("no_camera") || advice.includes("unreachable");
  return { verdict: bad ? "bad" : advice.length > 0 ? "weak" : "good", advice };
}

/** The quickest of three small questions, ms. */
export async function tripTime(): Promise<number | null> {
  let best: number | null = null;
  for (let tries = 0; tries < 3; tries++) {
    const asked = performance.now();
    const answer = await fetch("/healthz", { cache: "no-store", signal: within(5_000) }).catch(() => null);
    if (answer) best = Math.min(best ?? Infinity, performance.now() - asked);
  }
  return best;
}
