/**
 * What to ask the camera, the microphone and the screen for, and what a refusal means. Facts about the
 * device and errors of the browser flow in; constraints and one word for the cause flow out. Pure.
 */

export interface Hardware {
  cores: number;
  /** Gigabytes; 0 where the browser does not tell. */
  memory: number;
  phone: boolean;
}

/** Encoding three layers of 720p takes about a core and a half: weak machines send a smaller picture. */
export function isWeak(hardware: Hardware): boolean {
  return hardware.cores <= 2 || hardware.phone || (hardware.memory > 0 && hardware.memory <= 2);
}

export function cameraConstraints(device: string, weak: boolean): MediaTrackConstraints {
  return {
    ...(device ? { deviceId: { exact: device } } : { facingMode: "user" }),
    width: { ideal: weak ? 640 : 1280 },
    height: { ideal: weak ? 360 : 720 },
    frameRate: { ideal: weak ? 15 : 24, max: 30 },
  };
}

export function microphoneConstraints(device: string): MediaTrackConstraints {
  return {
    ...(device ? { deviceId: { exact: device } } : {}),
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: { ideal: 1 },
  };
}

/** Slides and text: few frames, sharp ones. Newer hints are ignored by browsers that do not know them. */
export function screenOptions(): DisplayMediaStreamOptions {
  const options: DisplayMediaStreamOptions & Record<string, unknown> = {
    video: { frameRate: { ideal: 15, max: 30 }, width: { max: 1920 }, height: { max: 1200 } },
    audio: false,
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
    monitorTypeSurfaces: "include",
  };
  return options;
}

/** What is asked of the devices for a purpose, and what is not good enough for it. */
export interface Asking {
  camera: (device: string, weak: boolean) => MediaTrackConstraints;
  screen: () => DisplayMediaStreamOptions;
  refuses: (source: "mic" | "cam" | "screen", track: MediaStreamTrack) => Cause | null;
}

export const CLASS_ASKING: Asking = {
  camera: cameraConstraints,
  screen: screenOptions,
  refuses: () => null,
};

/** A picture of a face and a document, no larger; the whole screen and nothing less. */
export const EXAM_ASKING: Asking = {
  camera: device => ({
    ...(device ? { deviceId: { exact: device } } : { facingMode: "user" }),
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 15, max: 15 },
  }),
  screen: () => {
    const options: DisplayMediaStreamOptions & Record<string, unknown> = {
      video: {
        displaySurface: "monitor",
        frameRate: { ideal: 5, max: 5 },
        width: { ideal: 1920, max: 1920 },
        height: { ideal: 1080, max: 1200 },
      },
      audio: false,
      monitorTypeSurfaces: "include",
      selfBrowserSurface: "exclude",
      surfaceSwitching: "exclude",
    };
    return options;
  },
  // Firefox does not tell the surface; there the picture itself must show that it is the whole screen.
  refuses: (source, track) => {
    const surface = source === "screen" ? track.getSettings().displaySurface : undefined;
    return surface !== undefined && surface !== "monitor" ? "part" : null;
  },
};

/** Why there is no picture or sound. Each has words of its own in the catalogue, `devices.cause.*`. */
export type Cause =
  | "insecure" // no HTTPS: the browser hides its devices
  | "unsupported"
  | "denied" // the person or the browser said no
  | "system" // the operating system said no
  | "missing" // nothing is plugged in
  | "busy" // another program holds it
  | "part" // a window or a tab where the whole screen is needed
  | "stopped" // it was unplugged or ended by itself
  | "failed";

export function causeOf(error: unknown): Cause {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  const message = error instanceof Error ? error.message : "";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return /system/i.test(message) ? "system" : "denied";
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "missing";
    case "NotReadableError":
    case "TrackStartError":
      return "busy";
    case "TypeError":
      return "unsupported";
    default:
      return "failed";
  }
}

export type Browser = "chrome" | "firefox" | "safari" | "android" | "firefox_android" | "ios" | "ios_other";

/** Which browser's way of giving permission has to be explained. */
export function browserOf(agent: string): Browser {
  if (/iPhone|iPad|iPod/.test(agent))
    return /CriOS|FxiOS|EdgiOS|OPT\/|YaBrowser/.test(agent) ? "ios_other" : "ios";
  if (/Android/.test(agent)) return /Firefox\//.test(agent) ? "firefox_android" : "android";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return "safari";
  return "chrome";
}
