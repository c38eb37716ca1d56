/**
 * A receive slot as the page uses it: its track, who it shows, and the watch over the frames that tells
 * when a new person's first picture is really on the screen. A <video> flows in, the `shown` signal flows
 * out; components draw the plate over the picture whenever `shown.ready` is false.
 */
import { signal } from "@preact/signals";
import { NOBODY, SlotFrames, type Shown, type SlotName } from "./slots";
import type { Assigned } from "./wire";

/** Without frame callbacks the newest frame's RTP time is looked up this often, ms. */
const LOOK_EVERY = 80;

export class Slot {
  readonly shown = signal<Shown>(NOBODY);
  readonly track = signal<MediaStreamTrack | null>(null);
  private readonly frames = new SlotFrames();

  constructor(
    readonly name: SlotName,
    /** RTP time of the newest frame by the receiver's own account; for browsers that do not tell per frame. */
    private readonly rtpTime: (slot: SlotName) => number | null,
  ) {}

  assign(message: Assigned): void {
    if (this.frames.assign(message, performance.now())) this.shown.value = this.frames.shown;
  }

  /** The connection is gone, and its track with it. */
  reset(): void {
    this.frames.reset();
    this.shown.value = NOBODY;
    this.track.value = null;
  }

  /** Watch the frames of a <video> that plays this slot. Returns how to stop. */
  watch(video: HTMLVideoElement): () => void {
    if (!("requestVideoFrameCallback" in video)) return this.poll(video);
    let handle = 0;
    const next = (_now: number, frame: VideoFrameCallbackMetadata): void => {
      this.saw(frame.rtpTimestamp ?? this.rtpTime(this.name));
      handle = video.requestVideoFrameCallback(next);
    };
    handle = video.requestVideoFrameCallback(next);
    return () => video.cancelVideoFrameCallback(handle);
  }

  private poll(video: HTMLVideoElement): () => void {
    const media = video as HTMLMediaElement;
    let last = -1;
    const timer = setInterval(() => {
      if (media.currentTime === last) return;
      last = media.currentTime;
      this.saw(this.rtpTime(this.name));
    }, LOOK_EVERY);
    return () => clearInterval(timer);
  }

  private saw(rtp: number | null): void {
    if (this.frames.frame(rtp, performance.now())) this.shown.value = this.frames.shown;
  }
}
