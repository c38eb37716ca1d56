/**
 * A still picture from the camera, as JPEG. A track flows in, a file of at most 4 MB flows out. The picture
 * is taken as the camera gives it, never mirrored: documents must stay readable.
 */

const QUALITY = 0.92;

export async function snap(track: MediaStreamTrack): Promise<Blob> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    if (!video.videoWidth) await new Promise(done => video.addEventListener("resize", done, { once: true }));
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
    });
  } finally {
    video.srcObject = null;
  }
}
