/**
 * The person's own camera, microphone and screen: switched on and off, changed, lost and found again.
 * Clicks and hot-plug flow in; tracks for the preview and the session, and the cause when there is none,
 * flow out as signals. A person without any of them is a full participant.
 */
import { signal, type Signal } from "@preact/signals";
import {
  causeOf,
  CLASS_ASKING,
  isWeak,
  microphoneConstraints,
  type Asking,
  type Cause,
  type Hardware,
} from "./capture";
import { loadChoices, saveChoices, type Choices } from "./choices";
import { Devices, pickDevice } from "./devices";
import type { Source } from "./wire";

export type LocalState = "off" | "starting" | "on" | "failed";

export interface LocalSource {
  state: Signal<LocalState>;
  track: Signal<MediaStreamTrack | null>;
  cause: Signal<Cause | null>;
  /** The person knows of the fault and goes on without. */
  known: Signal<boolean>;
}

type Sink = (source: Source, track: MediaStreamTrack | null) => Promise<void> | void;

function newSource(): LocalSource {
  return { state: signal<LocalState>("off"), track: signal(null), cause: signal(null), known: signal(false) };
}

export function hardware(): Hardware {
  const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 0;
  const phone = matchMedia("(pointer: coarse) and (max-width: 759px)").matches;
  return { cores: navigator.hardwareConcurrency || 2, memory, phone };
}

export class LocalMedia {
  readonly devices = new Devices();
  readonly mic = newSource();
  readonly cam = newSource();
  readonly screen = newSource();
  readonly choices: Signal<Choices> = signal(loadChoices());
  private readonly weak = isWeak(hardware());
  private readonly turns: Record<Source, number> = { mic: 0, cam: 0, screen: 0 };
  private sink: Sink = () => undefined;
  private unfollow: () => void = () => undefined;

  constructor(private readonly asking: Asking = CLASS_ASKING) {}

  /** Read the list of devices and follow it. */
  async start(): Promise<void> {
    this.unfollow = this.devices.follow(() => this.plugged());
    await this.devices.refresh();
  }

  /** From now on every track goes to the class as well. */
  connect(sink: Sink): void {
    this.sink = sink;
    for (const source of ["mic", "cam", "screen"] as const) void sink(source, this[source].track.value);
  }

  stop(): void {
    this.unfollow();
    this.sink = () => undefined;
    for (const source of ["mic", "cam", "screen"] as const) this.release(source);
  }

  /** Switch on what was on last time, in one question to the person where both are wanted. */
  async begin(may: (source: Source) => boolean): Promise<void> {
    const { mic, cam } = this.choices.value;
    const both = mic && cam && may("mic") && may("cam");
    if (both && (await this.both())) return;
    // Apart from one another: a missing camera must not cost the microphone.
    if (mic && may("mic")) await this.on("mic");
    if (cam && may("cam")) await this.on("cam");
  }

  async toggle(source: "mic" | "cam"): Promise<void> {
    const wanted = !["on", "starting"].includes(this[source].state.value);
    this.choose({ [source]: wanted });
    if (wanted) await this.on(source);
    else this.release(source);
  }

  /** Use another device from now on. */
  async use(kind: "mic" | "cam" | "speaker", device: string): Promise<void> {
    this.choose({ [`${kind}Device`]: device });
    if (kind !== "speaker" && this[kind].state.value !== "off") await this.on(kind);
  }

  async on(source: "mic" | "cam"): Promise<void> {
    const kind = source === "mic" ? "audio" : "video";
    await this.take(source, async device => {
      const wanted = source === "mic" ? microphoneConstraints(device) : this.asking.camera(device, this.weak);
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
      return stream.getTracks();
    });
    await this.devices.refresh();
  }

  async share(): Promise<void> {
    if (this.screen.state.value === "on") return this.release("screen");
    await this.take("screen", async () => {
      const stream = await navigator.mediaDevices.getDisplayMedia(this.asking.screen());
      return stream.getVideoTracks();
    });
  }

  /** The person has read why these do not work. */
  accept(sources: readonly Source[] = ["mic", "cam", "screen"]): void {
    for (const source of sources) this[source].known.value = this[source].cause.value !== null;
  }

  release(source: Source): void {
    this.turns[source] += 1;
    const local = this[source];
    local.track.value?.stop();
    local.track.value = null;
    local.state.value = "off";
    local.cause.value = null;
    void this.sink(source, null);
  }

  private async both(): Promise<boolean> {
    if (!this.devices.available) return false;
    const turn = [++this.turns.mic, ++this.turns.cam];
    this.mic.state.value = this.cam.state.value = "starting";
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: microphoneConstraints(this.wanted("mic")),
        video: this.asking.camera(this.wanted("cam"), this.weak),
      });
      await this.devices.refresh();
      for (const [index, source] of (["mic", "cam"] as const).entries()) {
        const track = source === "mic" ? stream.getAudioTracks()[0] : stream.getVideoTracks()[0];
        if (turn[index] === this.turns[source]) this.hold(source, track);
        else track?.stop();
      }
      return true;
    } catch {
      for (const source of ["mic", "cam"] as const) {
        if (this[source].state.value === "starting") this[source].state.value = "off";
      }
      return false;
    }
  }

  private wanted(source: "mic" | "cam"): string {
    const wanted = this.choices.value[source === "mic" ? "micDevice" : "camDevice"];
    return pickDevice(this.devices.lists.value[source], wanted);
  }

  private async take(source: Source, ask: (device: string) => Promise<MediaStreamTrack[]>): Promise<void> {
    const local = this[source];
    const turn = ++this.turns[source];
    const able = source === "screen" ? this.devices.canShareScreen : this.devices.available;
    if (!able) {
      this.fail(source, window.isSecureContext ? "unsupported" : "insecure");
      return;
    }
    local.state.value = "starting";
    local.cause.value = null;
    try {
      const tracks = await this.patiently(source, ask);
      if (turn === this.turns[source]) this.hold(source, tracks[0]);
      else for (const track of tracks) track.stop();
    } catch (error) {
      if (turn !== this.turns[source]) return;
      const cause = causeOf(error);
      // Closing the browser's picker of screens is a change of mind, not a fault.
      if (source === "screen" && cause === "denied") this.release("screen");
      else this.fail(source, cause);
    }
  }

  /** A remembered device may be gone by now: then any will do. */
  private async patiently(
    source: Source,
    ask: (device: string) => Promise<MediaStreamTrack[]>,
  ): Promise<MediaStreamTrack[]> {
    const device = source === "screen" ? "" : this.wanted(source);
    try {
      return await ask(device);
    } catch (error) {
      if (device && error instanceof Error && error.name === "OverconstrainedError") return await ask("");
      throw error;
    }
  }

  private hold(source: Source, track: MediaStreamTrack | undefined): void {
    if (!track) {
      this.fail(source, "missing");
      return;
    }
    const refused = this.asking.refuses(source, track);
    if (refused) {
      track.stop();
      this.fail(source, refused);
      return;
    }
    const local = this[source];
    local.track.value?.stop();
    if ("contentHint" in track)
      track.contentHint = { mic: "speech", cam: "motion", screen: "detail" }[source];
    track.addEventListener("ended", () => {
      if (local.track.value !== track) return;
      if (source === "screen") this.release("screen");
      else this.fail(source, "stopped");
    });
    local.track.value = track;
    local.state.value = "on";
    local.cause.value = null;
    void this.sink(source, track);
  }

  private fail(source: Source, cause: Cause): void {
    this.release(source);
    this[source].state.value = "failed";
    this[source].cause.value = cause;
    this[source].known.value = false;
  }

  /** Something was plugged in: what had been lost or was never there is tried again by itself. */
  private plugged(): void {
    for (const source of ["mic", "cam"] as const) {
      const { state, cause } = this[source];
      const worth = state.value === "failed" && (cause.value === "stopped" || cause.value === "missing");
      if (worth && this.devices.lists.value[source].length > 0) void this.on(source);
    }
  }

  private choose(change: Partial<Choices>): void {
    this.choices.value = { ...this.choices.value, ...change };
    saveChoices(this.choices.value);
  }
}
