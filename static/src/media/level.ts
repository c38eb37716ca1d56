/**
 * How loud the microphone is, for the meter beside it. A track flows in, a level from 0 to 1 flows out
 * about fifteen times a second; nothing is kept and nothing leaves the page.
 */

/** -60 dBFS is silence, -10 dBFS a loud voice. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}

const EVERY = 66; // ms

/** Measure until the returned function is called. Without Web Audio it measures nothing. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  if (typeof AudioContext === "undefined") return () => undefined;
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const resume = (): void => void context.resume();
  // Started before the first click a context sleeps; the first click anywhere wakes it.
  if (context.state === "suspended") document.addEventListener("pointerdown", resume, { once: true });
  const timer = setInterval(() => {
    if (context.state !== "running") return;
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(samples));
  }, EVERY);
  return () => {
    clearInterval(timer);
    document.removeEventListener("pointerdown", resume);
    source.disconnect();
    void context.close();
  };
}
