/**
 * Which cameras, microphones and speakers there are, which was chosen last time, and what happens when
 * one is plugged in or out. The browser's list flows in; signals flow out.
 */
import { signal } from "@preact/signals";

export type DeviceKind = "mic" | "cam" | "speaker";

export interface Device {
  id: string;
  /** Empty until a permission was given. */
  label: string;
}

export type DeviceLists = Readonly<Record<DeviceKind, readonly Device[]>>;

const KINDS: Record<MediaDeviceKind, DeviceKind> = {
  audioinput: "mic",
  videoinput: "cam",
  audiooutput: "speaker",
};
const EMPTY: DeviceLists = { mic: [], cam: [], speaker: [] };

/** Sort the browser's list; entries without an id mean "there is one, but you may not know which". */
export function sortDevices(
  all: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[],
): DeviceLists {
  const lists: Record<DeviceKind, Device[]> = { mic: [], cam: [], speaker: [] };
  for (const { kind, deviceId, label } of all) {
    const list = lists[KINDS[kind]];
    if (list && !list.some(one => one.id === deviceId)) list.push({ id: deviceId, label });
  }
  return lists;
}

/** The device to use: the wanted one while it is there, else the browser's choice (""). */
export function pickDevice(list: readonly Device[], wanted: string): string {
  return wanted && list.some(one => one.id === wanted) ? wanted : "";
}

export class Devices {
  readonly lists = signal<DeviceLists>(EMPTY);
  private readonly media: MediaDevices | undefined = navigator.mediaDevices;

  /** False on plain http from another machine: the browser hides every device. */
  get available(): boolean {
    return typeof this.media?.getUserMedia === "function";
  }

  get canShareScreen(): boolean {
    return typeof this.media?.getDisplayMedia === "function";
  }

  async refresh(): Promise<void> {
    if (!this.media?.enumerateDevices) return;
    try {
      this.lists.value = sortDevices(await this.media.enumerateDevices());
    } catch {
      this.lists.value = EMPTY;
    }
  }

  /** Follow plugging in and out. Returns how to stop. */
  follow(changed: () => void): () => void {
    const listener = (): void => void this.refresh().then(changed);
    this.media?.addEventListener?.("devicechange", listener);
    return () => this.media?.removeEventListener?.("devicechange", listener);
  }
}
