/**
 * Hearing oneself back: some seconds of the microphone are recorded in this page and played to the person.
 * Nothing of it leaves the browser.
 */
export type EchoState = "idle" | "recording" | "playing" | "failed";

const SECONDS = 4;

/** Record and play; `tell` hears how it goes. Resolves when it is over, true if it was played. */
export async function echo(track: MediaStreamTrack, tell: (state: EchoState) => void): Promise<boolean> {
  try {
    tell("recording");
    const sound = await record(track);
    tell("playing");
    await play(sound);
    tell("idle");
    return true;
  } catch {
    tell("failed");
    return false;
  }
}

function record(track: MediaStreamTrack): Promise<Blob> {
  return new Promise((resolve, reject) => {
    // A clone: the class may go on with the track, or switch it off, as it likes.
    const own = track.clone();
    const recorder = new MediaRecorder(new MediaStream([own]));
    const parts: Blob[] = [];
    recorder.ondataavailable = event => parts.push(event.data);
    recorder.onerror = () => reject(new Error("not recorded"));
    recorder.onstop = () => {
      own.stop();
      resolve(new Blob(parts, { type: recorder.mimeType }));
    };
    recorder.start();
    setTimeout(() => recorder.state !== "inactive" && recorder.stop(), SECONDS * 1000);
  });
}

async function play(sound: Blob): Promise<void> {
  const address = URL.createObjectURL(sound);
  try {
    const player = new Audio(address);
    await player.play();
    await new Promise<void>((resolve, reject) => {
      player.onended = () => resolve();
      player.onerror = () => reject(new Error("not played"));
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
