/**
 * What this device can say about itself, in sections of lines: exactly this is shown before it is sent, and
 * exactly this is sent. Devices are counted, not named; no contents of chats, no tokens.
 */
import type { Key } from "../i18n";
import { lastErrors, lastSteps, scrub } from "./trouble";

export interface Section {
  name: Key;
  lines: string[];
}

/** More sections of the page that is open, such as the network figures of a class. */
export type More = () => Section[];

const PERMISSIONS = ["camera", "microphone", "notifications"];
const MOST_LINES = 40;

interface Connection {
  effectiveType?: string;
  downlink?: number;
  rtt?: number;
}

export function browserLines(): string[] {
  const { userAgent, language, languages, onLine, hardwareConcurrency } = navigator;
  const memory = (navigator as { deviceMemory?: number }).deviceMemory;
  return [
    userAgent,
    `language: ${language} (${languages.join(", ")})`,
    `window: ${innerWidth}x${innerHeight}, screen: ${screen.width}x${screen.height}, scale: ${devicePixelRatio}`,
    `processors: ${hardwareConcurrency || "?"}, memory: ${memory ? `${memory} GB` : "?"}`,
    `online: ${onLine}, secure page: ${window.isSecureContext}`,
    `time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`,
  ];
}

/** How many of each sort, and whether they may be used. */
export async function deviceLines(): Promise<string[]> {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (!media) return ["media devices: not offered by this browser here"];
  const found = await media.enumerateDevices().catch(() => undefined);
  const count = (kind: MediaDeviceKind): number => found?.filter(each => each.kind === kind).length ?? 0;
  const lines = found
    ? [
        `cameras: ${count("videoinput")}, microphones: ${count("audioinput")}, speakers: ${count("audiooutput")}`,
      ]
    : ["devices: cannot be listed"];
  lines.push(`screen sharing: ${"getDisplayMedia" in media ? "offered" : "not offered"}`);
  for (const name of PERMISSIONS) {
    const state = await navigator.permissions
      ?.query({ name: name as PermissionName })
      .then(status => status.state)
      .catch(() => "not told");
    lines.push(`permission ${name}: ${state ?? "not told"}`);
  }
  return lines;
}

export function networkLines(): string[] {
  const link = (navigator as { connection?: Connection }).connection;
  const lines = link
    ? [`browser's guess: ${link.effectiveType ?? "?"}, ${link.downlink ?? "?"} Mbit/s, ${link.rtt ?? "?"} ms`]
    : [];
  const entry = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  if (entry) lines.push(`first answer after ${Math.round(entry.responseStart)} ms, ${entry.nextHopProtocol}`);
  return lines;
}

/** Everything, in the order in which it is shown. Empty sections are left out. */
export async function collect(more?: More): Promise<Section[]> {
  const sections: Section[] = [
    { name: "support.browser", lines: browserLines() },
    { name: "support.devices", lines: await deviceLines() },
    { name: "support.network", lines: networkLines() },
    ...(more?.() ?? []),
    { name: "support.steps", lines: lastSteps() },
    { name: "support.errors", lines: lastErrors() },
  ];
  return sections
    .map(({ name, lines }) => ({ name, lines: lines.slice(-MOST_LINES).map(line => clean(line)) }))
    .filter(section => section.lines.length > 0);
}

/** The first line of the browser may be long; every other is short. */
function clean(line: string): string {
  return line.startsWith("Mozilla/") ? line.slice(0, 300) : scrub(line);
}
