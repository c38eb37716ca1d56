/** The palette: both dark lists are one, and every text pair is AA (WCAG 2.2, 1.4.3: 4.5 to 1). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(__dirname, "../src/theme/tokens.css"), "utf8");
const block = (opening: string): Record<string, string> => {
  const from = css.indexOf(opening);
  const body = css.slice(css.indexOf("{", from) + 1, css.indexOf("}", from));
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(match => [match[1], match[2]]));
};
const light = block(":root {");
const system = block(':root:not([data-theme="light"])');
const chosen = block(':root[data-theme="dark"]');

function luminance(hex: string): number {
  const parts = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test("dark by the system and dark by choice are the same", () => {
  expect(Object.keys(system).length).toBeGreaterThan(15);
  expect(chosen).toEqual(system);
});

const PAIRS = [
  ["--text", "--bg"],
  ["--text", "--surface"],
  ["--text", "--sunken"],
  ["--text", "--accent-soft"],
  ["--text", "--danger-soft"],
  ["--text", "--warn-soft"],
  ["--text", "--good-soft"],
  ["--muted", "--bg"],
  ["--muted", "--surface"],
  ["--muted", "--sunken"],
  ["--muted", "--accent-soft"],
  ["--on-accent", "--accent"],
  ["--on-accent", "--accent-hover"],
  ["--accent-text", "--bg"],
  ["--accent-text", "--surface"],
  ["--accent-text", "--accent-soft"],
  ["--on-danger", "--danger"],
  ["--on-danger", "--danger-hover"],
  ["--danger-text", "--surface"],
  ["--danger-text", "--danger-soft"],
  ["--warn-text", "--warn-soft"],
  ["--good-text", "--good-soft"],
  ["--good-text", "--surface"],
] as const;

test.each(PAIRS)("%s on %s can be read in light and dark", (text, ground) => {
  for (const list of [light, { ...light, ...system }]) {
    expect(contrast(list[text] ?? "", list[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  }
});

test("edges of controls stand out (WCAG 1.4.11: 3 to 1)", () => {
  for (const list of [light, { ...light, ...system }]) {
    expect(contrast(list["--line-strong"] ?? "", list["--surface"] ?? "")).toBeGreaterThanOrEqual(3);
  }
});
