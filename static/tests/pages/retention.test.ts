/** Sizes and terms in words, and what counts as a reason. */
import { beforeAll, describe, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { monthYear } from "../../src/i18n/dates";
import { says, size, term } from "../../src/pages/retention/shapes";

describe("words of retention", () => {
  beforeAll(() => setLanguage("ru"));

  test("sizes are short, and nothing is a dash", () => {
    expect([0, 20, 1500, 3_400_000, 12_000_000_000].map(size)).toEqual([
      "–",
      "0,1 КБ",
      "1,5 КБ",
      "3,4 МБ",
      "12 ГБ",
    ]);
  });

  test("terms are whole years or days", () => {
    expect([1, 180, 365, 1825, 400].map(term)).toEqual(["1 день", "180 дней", "1 год", "5 лет", "400 дней"]);
  });

  test("a reason says something", () => {
    expect(says("  ab ")).toBe(false);
    expect(says("апелляция")).toBe(true);
  });

  test("months carry their year", () => {
    expect(monthYear("2026-11-01", "ky")).toBe("2026-жыл, ноябрь");
    expect(monthYear("2026-11-01", "en")).toBe("November 2026");
  });
});
