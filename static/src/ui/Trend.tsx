/** A small line through percents: how something goes over time. The figures flow in; read aloud as such. */
import "./Trend.css";

const WIDE = 96; // px
const HIGH = 24;

/** Points of a line through percents, for a box of that size. Pure. */
export function points(percents: readonly number[], wide: number, high: number): string {
  const step = percents.length > 1 ? wide / (percents.length - 1) : 0;
  return percents
    .map((share, n) => `${(n * step).toFixed(1)},${(high * (1 - share / 100)).toFixed(1)}`)
    .join(" ");
}

export function Trend({ percents }: { percents: readonly number[] }) {
  const words = percents.join(" ");
  if (percents.length < 2) return <>{words && `${words} %`}</>;
  return (
    <svg
      class="trend"
      width={WIDE}
      height={HIGH}
      viewBox={`0 -2 ${WIDE} ${HIGH + 4}`}
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      <polyline points={points(percents, WIDE, HIGH)} />
    </svg>
  );
}
