/**
 * What the browser itself can tell while an exam runs: focus, visibility, full screen, clipboard, printing,
 * screens, devices, network, battery. Events of the page flow in, kinds of the contract flow out. Nothing
 * is prevented: each is a note for a person, and the clipboard's content is never read.
 */
import type { EventKind } from "./types";

export type Tell = (kind: EventKind, detail?: string) => void;

/** Cameras that show what a program makes. A word for a person to look at: many have a good reason. */
const VIRTUAL = /virtual|obs|manycam|snap camera|xsplit|droidcam|epoccam|iriun|v4l2loopback|mmhmm|camtwist/i;

export function isVirtual(label: string): boolean {
  return VIRTUAL.test(label);
}

interface Battery extends EventTarget {
  level: number;
  charging: boolean;
}

/** Screens beyond the first are told by newer browsers; null where they do not. */
export function displays(): number | null {
  const extended = (screen as { isExtended?: boolean }).isExtended;
  return extended === undefined ? null : extended ? 2 : 1;
}

const LOW = 0.15;

/** Follow the browser. Returns how to stop. */
export function watchBrowser(tell: Tell): () => void {
  const undo: (() => void)[] = [];
  const on = (target: EventTarget | undefined | null, type: string, run: () => void): void => {
    target?.addEventListener(type, run);
    undo.push(() => target?.removeEventListener(type, run));
  };
  on(window, "blur", () => tell("focus_lost"));
  on(window, "focus", () => tell("focus_back"));
  on(document, "visibilitychange", () => tell(document.hidden ? "hidden" : "shown"));
  on(document, "fullscreenchange", () =>
    tell(document.fullscreenElement ? "fullscreen_back" : "fullscreen_left"),
  );
  on(document, "copy", () => tell("copy"));
  on(document, "cut", () => tell("copy", "cut"));
  on(document, "paste", () => tell("paste"));
  on(window, "beforeprint", () => tell("print"));
  on(screen as unknown as EventTarget, "change", () => tell("displays", String(displays() ?? "")));
  on(navigator.mediaDevices, "devicechange", () => void listDevices(tell));
  on(window, "offline", () => tell("offline"));
  on(window, "online", () => tell("online"));
  on(window, "pagehide", () => tell("unloaded"));
  void watchBattery(tell, on);
  return () => {
    for (const one of undo.splice(0)) one();
  };
}

async function listDevices(tell: Tell): Promise<void> {
  const list = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const cameras = list.filter(device => device.kind === "videoinput");
  tell("devices", cameras.map(device => device.label || "camera").join(", "));
}

async function watchBattery(
  tell: Tell,
  on: (target: EventTarget, type: string, run: () => void) => void,
): Promise<void> {
  const ask = (navigator as { getBattery?: () => Promise<Battery> }).getBattery;
  const battery = await ask?.call(navigator).catch(() => undefined);
  if (!battery) return;
  let told = false;
  const look = (): void => {
    const low = battery.level <= LOW && !battery.charging;
    if (low && !told) tell("battery", `${Math.round(battery.level * 100)} %`);
    told = low;
  };
  on(battery, "levelchange", look);
  on(battery, "chargingchange", look);
  look();
}
