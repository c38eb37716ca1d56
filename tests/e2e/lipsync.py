"""A flash and a beep at one moment: the fake files, and what measures them in a page.

The camera is dark and turns white for a third of a second every two seconds, the microphone is silent and
beeps with it. A page notes when each flash is presented (requestVideoFrameCallback) and when each beep
comes out of the receiver (an AnalyserNode's newest samples), in Unix milliseconds. The same is measured
over a loopback connection inside the sender's page: the fake camera and the fake microphone begin apart
and drift (by some 20 ms a second), and only what the way adds is judged.
"""

import statistics
import wave
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.e2e.browser import Person
from tests.e2e.fakes import HEIGHT, RATE, SECONDS, WIDTH

EVERY = 2.0
FLASH_FRAMES = 5
BEEP_SECONDS = 0.25

MEASURE = """(() => {
  const now = () => performance.timeOrigin + performance.now();
  window.__measure = (video, audioTrack) => {
    const log = {flashes: [], beeps: [], brightest: 0, loudest: 0};
    const canvas = document.createElement('canvas');
    canvas.width = 16; canvas.height = 9;
    const draw = canvas.getContext('2d', {willReadFrequently: true});
    let bright = true;
    const frame = (_now, data) => {
      draw.drawImage(video, 0, 0, 16, 9);
      const pixels = draw.getImageData(4, 3, 8, 3).data;
      let sum = 0;
      for (let i = 0; i < pixels.length; i += 4) sum += pixels[i + 1];
      const level = sum / (pixels.length / 4);
      log.brightest = Math.max(log.brightest, level);
      if (level > 128 && !bright) log.flashes.push(performance.timeOrigin + data.expectedDisplayTime);
      bright = level > 128;
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
    const context = new AudioContext({sampleRate: 48000});
    const analyser = new AnalyserNode(context, {fftSize: 8192});
    context.createMediaStreamSource(new MediaStream([audioTrack])).connect(analyser);
    const samples = new Float32Array(8192);
    setInterval(() => {
      const at = now();
      analyser.getFloatTimeDomainData(samples);
      for (let i = 0; i < samples.length; i++) {
        if (Math.abs(samples[i]) > log.loudest) log.loudest = Math.abs(samples[i]);
        if (Math.abs(samples[i]) < 0.03) continue;
        const began = at - (samples.length - i) / 48;
        if (began - (log.beeps.at(-1) || 0) > 1000) log.beeps.push(began);
        break;
      }
    }, 10);
    return log;
  };
})()"""

LOOPBACK = """async () => {
  const tracks = window.__pcs[0].getSenders().map(sender => sender.track).filter(Boolean);
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = event => b.addIceCandidate(event.candidate);
  b.onicecandidate = event => a.addIceCandidate(event.candidate);
  const stream = new MediaStream(), arrived = [];
  b.ontrack = event => arrived.push(event.track);
  for (const track of tracks) a.addTrack(track, stream);
  await a.setLocalDescription(await a.createOffer());
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(await b.createAnswer());
  await a.setRemoteDescription(b.localDescription);
  const play = (kind, name) => {
    const element = document.createElement(name);
    element.muted = true;
    element.srcObject = new MediaStream(arrived.filter(track => track.kind === kind));
    element.style.cssText = 'position: fixed; width: 64px; height: 36px; top: 0; left: 0; z-index: 99';
    document.body.append(element);
    element.play();
    return element;
  };
  play('audio', 'audio');
  window.__sync = window.__measure(play('video', 'video'), arrived.find(track => track.kind === 'audio'));
}"""

STAGE = """() => {
  const video = document.querySelector('[data-testid="stage"] video');
  const audio = document.querySelector('audio[data-slot="audio0"]');
  window.__sync = window.__measure(video, audio.srcObject.getAudioTracks()[0]);
}"""


@dataclass(frozen=True)
class Seen:
    """When flashes and beeps came, Unix ms."""

    flashes: tuple[float, ...]
    beeps: tuple[float, ...]
    brightest: float
    loudest: float


@dataclass(frozen=True)
class Way:
    """How much later each flash and each beep came at the far end than over the sender's own loopback, ms."""

    flashes: tuple[float, ...]
    beeps: tuple[float, ...]

    @property
    def skew(self) -> float:
        """By how much the picture is behind the sound."""
        return statistics.median(self.flashes) - statistics.median(self.beeps)


def flash_and_beep(folder: Path, number: int) -> None:
    """Write the camera and the microphone of a person where `tests.e2e.browser.person` looks for them."""
    dark, white = (np.full((HEIGHT, WIDTH, 3), value, np.uint8) for value in (20, 235))
    with (folder / f"camera{number}.y4m").open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(RATE * SECONDS):
            image = white if frame % int(RATE * EVERY) < FLASH_FRAMES else dark
            out.write(b"FRAME\n" + cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())
    t = np.arange(48_000 * SECONDS) / 48_000
    tone = sum(np.sin(2 * np.pi * 440 * k * t) / k for k in (1, 2, 3))
    samples = np.where(t % EVERY < BEEP_SECONDS, tone * 14_000, 0).astype("<i2")
    with wave.open(str(folder / f"microphone{number}.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(samples.tobytes())


async def measure(someone: Person, *, loopback: bool) -> None:
    """Begin: over a loopback of what `someone` sends, or of what their stage shows."""
    await someone.page.evaluate(MEASURE)
    await someone.page.evaluate(LOOPBACK if loopback else STAGE)


async def seen(someone: Person, since: float) -> Seen:
    """Everything from `since` (Unix s) on."""
    log = await someone.page.evaluate("window.__sync")
    flashes, beeps = (tuple(at for at in log[name] if at > since * 1000) for name in ("flashes", "beeps"))
    return Seen(flashes, beeps, log["brightest"], log["loudest"])


def between(near: Seen, far: Seen) -> Way:
    """Each event at the far end, less the same one at the near end: the nearest, for they are 2 s apart."""

    def later(these: tuple[float, ...], those: tuple[float, ...]) -> tuple[float, ...]:
        pairs = ((that, min(these, key=lambda this: abs(that - this))) for that in those if these)
        return tuple(round(that - this, 1) for that, this in pairs if abs(that - this) < EVERY * 400)

    return Way(later(near.flashes, far.flashes), later(near.beeps, far.beeps))
