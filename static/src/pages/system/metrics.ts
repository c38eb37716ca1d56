/**
 * The counters of `/metrics` as numbers. Prometheus text flows in, sums per family flow out. Pure; lines
 * that make no sense are passed over.
 */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

export function samplesOf(text: string): Sample[] {
  const out: Sample[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = LINE.exec(line);
    const value = Number(match?.[3]);
    if (!match?.[1] || !Number.isFinite(value)) continue;
    const labels: Record<string, string> = {};
    for (const [, key = "", word = ""] of (match[2] ?? "").matchAll(LABEL)) labels[key] = word;
    out.push({ name: match[1], labels, value });
  }
  return out;
}

/** Sum over all labels; undefined where there is no such counter. */
export function total(samples: readonly Sample[], name: string): number | undefined {
  const found = samples.filter(sample => sample.name === name);
  return found.length === 0 ? undefined : found.reduce((sum, sample) => sum + sample.value, 0);
}
