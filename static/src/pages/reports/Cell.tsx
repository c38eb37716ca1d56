/** One cell of a report: text, a figure in the reader's own writing, a bar for a share, a line for a trend. */
import { language } from "../../i18n";
import { Trend } from "../../ui/Trend";

export type Kind = "text" | "whole" | "number" | "share" | "mark" | "trend";
export type Value = string | number | null;

const DASH = "–";

/** A figure as the paper writes it: one decimal of a number and a share. Pure. */
export function shown(value: Value, kind: Kind, lang: string): string {
  if (value === null) return kind === "text" || kind === "mark" || kind === "trend" ? "" : DASH;
  if (typeof value === "string") return value;
  const digits = kind === "number" || kind === "share" ? 1 : 0;
  const figure = (kind === "share" ? value * 100 : value).toFixed(digits);
  const text = lang === "en" ? figure : figure.replace(".", ",");
  return kind === "share" ? `${text} %` : text;
}

export function Cell({ value, kind, plotted }: { value: Value; kind: Kind; plotted: boolean }) {
  if (kind === "trend" && typeof value === "string") {
    return <Trend percents={value.split(" ").filter(Boolean).map(Number)} />;
  }
  const text = shown(value, kind, language.value);
  if (!plotted || typeof value !== "number") return <>{text}</>;
  return (
    <span class="report-bar">
      <span class="report-fill" style={{ "--share": `${Math.min(100, value * 100)}%` }} aria-hidden="true" />
      {text}
    </span>
  );
}
