/**
 * One RTCPeerConnection with the one offer of the contract: send slots for microphone, camera and
 * screen, receive slots for sound, stage, speaker and tiles, all there from the start. A slot plan
 * flows in; senders, receive tracks by slot name, and offers flow out.
 */

import { type Cut } from "./layers";
import type { Pause } from "./pause";
import { audioCodecs, videoCodecs, withOpusOptions } from "./sdp";
import type { SlotName, SlotPlan } from "./slots";
import type { Source } from "./wire";

const MICROPHONE_BITRATE = 40_000;

type Kind = "audio" | "video";
type Side = "send" | "receive";

export type MakePeer = (configuration: RTCConfiguration) => RTCPeerConnection;

export class Peer {
  readonly pc: RTCPeerConnection;
  readonly tracks = new Map<SlotName, MediaStreamTrack>();
  /** Pixels of height at which anybody draws our camera, 0 for as large as there is. */
  private needed = 0;
  private readonly sections: { purpose: string; transceiver: RTCRtpTransceiver }[] = [];
  /** Asked of the browser once for all sections: each answer is a long list. */
  private readonly codecs = new Map<Kind, Record<Side, RTCRtpCodec[]>>();

  constructor(
    iceServers: RTCIceServer[],
    private readonly cut: Cut,
    make: MakePeer,
  ) {
    this.pc = make({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", iceServers });
  }

  /** Make all sections, with a pause after each of them if the page has been held long enough. */
  async build(plan: SlotPlan, sound: boolean, rest: Pause): Promise<void> {
    for (const source of this.cut.order) {
      if (source === "mic" && !sound) continue;
      if (source === "mic") this.send("mic", "audio", [{ maxBitrate: MICROPHONE_BITRATE }]);
      else this.send(source, "video", [...this.cut[source]()]);
      await rest();
    }
    for (const kind of ["audio", "video"] as const) {
      for (const slot of plan[kind]) {
        this.receive(slot, kind);
        await rest();
      }
    }
  }

  /** Put a track into a send slot, or take it out. No new offer is needed. */
  async put(source: Source, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.sender(source);
    if (source !== "mic" && track) await this.fit(source, sender, track);
    await sender?.replaceTrack(track);
  }

  /** Send the camera's picture no larger than anybody draws it. */
  async need(source: Source, height: number): Promise<void> {
    const sender = this.sender(source);
    if (source !== "cam" || height === this.needed) return;
    this.needed = height;
    if (sender?.track) await this.fit(source, sender, sender.track);
  }

  /** Cut the picture into layers of its own size; a browser that will not be told keeps the first ones. */
  private async fit(
    source: "cam" | "screen",
    sender: RTCRtpSender | undefined,
    track: MediaStreamTrack,
  ): Promise<void> {
    const { width, height } = track.getSettings?.() ?? {};
    const parameters = sender?.getParameters?.();
    const wanted = this.cut[source](width, height, source === "cam" ? this.needed : 0);
    // A single encoding has no rid and is never scaled: nothing to fit.
    if (!sender || !parameters?.encodings?.length || wanted.length < 2) return;
    const layers = new Map(wanted.map(layer => [layer.rid, layer]));
    parameters.encodings = parameters.encodings.map(encoding => ({
      ...encoding,
      ...layers.get(encoding.rid ?? ""),
    }));
    await sender.setParameters(parameters).catch(() => undefined);
  }

  private sender(source: Source): RTCRtpSender | undefined {
    return this.sections.find(section => section.purpose === source)?.transceiver.sender;
  }

  /** The offer and what each of its m-lines is for. */
  async offer(): Promise<{ sdp: string; purposes: Record<string, string> }> {
    const description = await this.pc.createOffer();
    await this.pc.setLocalDescription(description);
    return { sdp: this.pc.localDescription?.sdp ?? description.sdp ?? "", purposes: this.purposes() };
  }

  /** An offer with new ICE credentials on the same connection. */
  async restartOffer(): Promise<string> {
    if (this.pc.signalingState === "have-local-offer") {
      // The answer to an earlier try never came; Chromium and Firefox take a rollback.
      await this.pc.setLocalDescription({ type: "rollback" });
    }
    const description = await this.pc.createOffer({ iceRestart: true });
    await this.pc.setLocalDescription(description);
    return this.pc.localDescription?.sdp ?? description.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: "answer", sdp: withOpusOptions(sdp) });
  }

  /** RTP time of the newest frame shown in a slot, where frames themselves do not tell. */
  rtpTime(slot: SlotName): number | null {
    const found = this.sections.find(section => section.purpose === slot);
    const sources = found?.transceiver.receiver.getSynchronizationSources?.() ?? [];
    return sources[0]?.rtpTimestamp ?? null;
  }

  /** Grows whenever a packet of sound or picture arrives; 0 before the first. */
  newest(): number {
    let newest = 0;
    for (const { transceiver } of this.sections) {
      for (const source of transceiver.receiver.getSynchronizationSources?.() ?? []) {
        newest = Math.max(newest, source.timestamp);
      }
    }
    return newest;
  }

  close(): void {
    this.pc.close();
    this.tracks.clear();
  }

  private send(purpose: Source, kind: Kind, sendEncodings: RTCRtpEncodingParameters[]): void {
    const transceiver = this.pc.addTransceiver(kind, { direction: "sendonly", sendEncodings });
    this.sections.push({ purpose, transceiver });
    this.prefer(transceiver, kind, "send");
  }

  private receive(purpose: SlotName, kind: Kind): void {
    const transceiver = this.pc.addTransceiver(kind, { direction: "recvonly" });
    this.sections.push({ purpose, transceiver });
    this.prefer(transceiver, kind, "receive");
    this.tracks.set(purpose, transceiver.receiver.track);
  }

  private purposes(): Record<string, string> {
    const named: Record<string, string> = {};
    for (const { purpose, transceiver } of this.sections) {
      if (transceiver.mid !== null) named[transceiver.mid] = purpose;
    }
    return named;
  }

  /** Browsers differ in whose capabilities they check the list against: try both, else leave it. */
  private prefer(transceiver: RTCRtpTransceiver, kind: Kind, side: Side): void {
    const known = this.codecs.get(kind) ?? capabilities(kind);
    this.codecs.set(kind, known);
    for (const list of [known[side], known[side === "send" ? "receive" : "send"]]) {
      if (list.length === 0) continue;
      try {
        transceiver.setCodecPreferences?.(list);
        return;
      } catch {
        // Not this browser's idea of the list.
      }
    }
  }
}

function capabilities(kind: Kind): Record<Side, RTCRtpCodec[]> {
  const pick = kind === "audio" ? audioCodecs : videoCodecs;
  return {
    send: pick(globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs ?? []),
    receive: pick(globalThis.RTCRtpReceiver?.getCapabilities?.(kind)?.codecs ?? []),
  };
}
