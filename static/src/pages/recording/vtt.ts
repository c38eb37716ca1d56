/** Reads the WebVTT of a lesson's captions: text in, cues out. What is no cue is passed over. Pure. */
export interface Cue {
  /** Milliseconds of the recording, [begins, ends). */
  begins: number;
  ends: number;
  text: string;
}

const TIMES = /^(?:(\d{2,}):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d{2,}):)?(\d\d):(\d\d)\.(\d{3})/;

function ms([hours, minutes, seconds, rest]: readonly (string | undefined)[]): number {
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(rest);
}

export function readVtt(file: string): Cue[] {
  if (!file.startsWith("WEBVTT")) return [];
  return file.split(/\n\n+/).flatMap(block => {
    const [times = "", ...lines] = block.trim().split("\n");
    const found = TIMES.exec(times);
    if (!found || lines.length === 0) return [];
    const text = lines.join(" ").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    return [{ begins: ms(found.slice(1, 5)), ends: ms(found.slice(5, 9)), text }];
  });
}

export function cueAt(cues: readonly Cue[], time: number): Cue | null {
  return cues.find(cue => cue.begins <= time && time < cue.ends) ?? null;
}
