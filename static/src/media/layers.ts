/**
 * Into which layers a camera's picture is cut. Its size flows in, one encoding for each of the three
 * rids of the offer flows out; what a small camera has no use for is switched off.
 *
 * libwebrtc sends three simulcast layers from 960x540 on, two from 480x270, one below, and leaves out
 * the last ones of the list: a camera of 640x360 with scales 4, 2, 1 would show nobody more than
 * 320x180 (seen with Chromium 156).
 */

import type { Source } from "./wire";

export type Layer = Required<Pick<RTCRtpEncodingParameters, "rid" | "active" | "maxBitrate">> & {
  scaleResolutionDownBy: number;
};

function layer(rid: string, scale: number, maxBitrate: number): Layer {
  return { rid, active: scale > 0, scaleResolutionDownBy: Math.max(scale, 1), maxBitrate };
}

const LARGE = [layer("q", 4, 150_000), layer("h", 2, 500_000), layer("f", 1, 1_700_000)];
const MIDDLE = [layer("q", 2, 150_000), layer("h", 1, 600_000), layer("f", 0, 600_000)];
const SMALL = [layer("q", 1, 250_000), layer("h", 0, 250_000), layer("f", 0, 250_000)];

/** Of the height a picture is drawn at, a layer must have so much: nobody sees the rest. */
const ENOUGH = 0.75;

/**
 * Layers for a picture of this many pixels; those of 720p where the size is not known. `needed`: pixels of
 * height that anybody draws it at, 0 for as large as there is; larger layers than that are switched off.
 */
export function cameraLayers(width = 1280, height = 720, needed = 0): readonly Layer[] {
  const pixels = width * height;
  const layers = pixels >= 960 * 540 ? LARGE : pixels >= 480 * 270 ? MIDDLE : SMALL;
  if (needed === 0) return layers;
  const enough = layers.findIndex(layer => height / layer.scaleResolutionDownBy >= needed * ENOUGH);
  return layers.map((layer, at) => (enough >= 0 && at > enough ? { ...layer, active: false } : layer));
}

/** How the pictures of a connection are cut: encodings for a picture of this many pixels. */
export interface Cut {
  /** The send slots in the order of the offer. The first carries the whole bundle: it must be accepted. */
  order: readonly Source[];
  cam: (width?: number, height?: number, needed?: number) => readonly RTCRtpEncodingParameters[];
  screen: (width?: number, height?: number) => readonly RTCRtpEncodingParameters[];
}

const SCREEN_BITRATE = 2_500_000;

/** A class: the camera in layers for whoever draws it how large, the screen as it is. */
export const CLASS: Cut = {
  order: ["mic", "cam", "screen"],
  cam: cameraLayers,
  screen: () => [{ maxBitrate: SCREEN_BITRATE }],
};

/** Who watches an exam sends nothing: a section that is refused must not carry the bundle. */
export const WATCH: Cut = { ...CLASS, order: [] };

function thin(
  rid: string,
  scale: number,
  maxFramerate: number,
  maxBitrate: number,
): RTCRtpEncodingParameters {
  return { rid, active: true, scaleResolutionDownBy: Math.max(scale, 1), maxFramerate, maxBitrate };
}

/** Pixels of width of what is looked at by the machine; more would only have to be decoded. */
const CAMERA_LOOKED_AT = 320;
const SCREEN_LOOKED_AT = 640;

/**
 * An exam: of each picture a small encoding of at most two frames a second to be looked at, and a large
 * one for the recording (DESIGN section 4). Nobody's window decides what is sent: `needed` means nothing.
 */
export const EXAM: Cut = {
  // Most exams record no sound and refuse the microphone; Chromium takes no answer that refuses the first.
  order: ["cam", "screen", "mic"],
  cam: (width = 640) => [
    thin("q", width / CAMERA_LOOKED_AT, 2, 150_000),
    thin("h", width / 640, 15, 500_000),
  ],
  screen: (width = 1920) => [thin("q", width / SCREEN_LOOKED_AT, 2, 200_000), thin("h", 1, 5, 1_500_000)],
};
