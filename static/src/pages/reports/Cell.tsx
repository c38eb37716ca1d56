/** One cell of a report: text, a figure in the reader's own writing, a bar for a share, a line for a trend. */
import { language } from "../../i18n";

export type Kind = "text" | "whole" | "number" | "share" | "mark" | "trend";
export type Value = string | number | null;

const DASH = "–";
const WIDE = 96; // px of a trend
const HIGH = 24;

/** A figure as the paper writes it: one decimal of a number and a share. Pure. */
export function shown(value: Value, kind: Kind, lang: string): string {
  if (value === null) return kind === "text" || kind === "mark" ? "" : DASH;
  if (typeof value === "string") return value;
  const digits = kind === "number" || kind === "share" ? 1 : 0;
  const figure = (kind === "share" ? value * 100 : value).toFixed(digits);
  const text = lang === "en" ? figure : figure.replace(".", ",");
  return kind === "share" ? `${text} %` : text;
}

/** Points of a line through percents, for a box of that size. Pure. */
export function points(percents: readonly number[], wide: number, high: number): string {
  const step = percents.length > 1 ? wide / (percents.length - 1) : 0;
  return percents
    .map((share, n) => `${(n * step).toFixed(1)},${(high * (1 - share / 100)).toFixed(1)}`)
    .join(" ");
}

export function Cell({ value, kind, plotted }: { value: Value; kind: Kind; plotted: boolean }) {
  if (kind === "trend" && typeof value === "string") return <Trend text={value} />;
  const text = shown(value, kind, language.value);
  if (!plotted || typeof value !== "number") return <>{text}</>;
  return (
    <span class="report-bar">
      <span class="report-fill" style={{ "--share": `${Math.min(100, value * 100)}%` }} aria-hidden="true" />
      {text}
    </span>
  );
}

function Trend({ text }: { text: string }) {
  const percents = text.split(" ").filter(Boolean).map(Number);
  if (percents.length < 2) return <>{text}</>;
  return (
    <svg
      class="report-trend"
      width={WIDE}
      height={HIGH}
      viewBox={`0 -2 ${WIDE} ${HIGH + 4}`}
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      <polyline points={points(percents, WIDE, HIGH)} />
    </svg>
  );
}
