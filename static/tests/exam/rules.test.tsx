/**
 * What the student reads is what the rules say: every number on the page is one of the RulesView given, in
 * all three languages, and every number of the rules is on the page.
 */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { LANGUAGES, setLanguage, type Language } from "../../src/i18n";
import { RulesInWords } from "../../src/pages/exams/ExamRules";
import type { KindRule, RulesView } from "../../src/exam/types";
import { rules } from "./kit";

afterEach(cleanup);
const numbers = (text: string): number[] =>
  [...text.matchAll(/\d+(?:\.\d+)?/g)].map(found => Number(found[0]));

/** The same document with numbers that appear nowhere else. */
function odd(): RulesView {
  const plain = rules();
  const kinds = plain.kinds.map<KindRule>((rule, index) =>
    rule.of > 0
      ? { ...rule, looks: 40 + index, of: 70 + index, clear_after: 0 }
      : {
          ...rule,
          raise_after: rule.kind === "share_ended" ? 0 : 100 + index,
          clear_after: 200 + index + 0.5,
        },
  );
  return {
    ...plain,
    kinds,
    sound: true,
    breaks: 3,
    break_minutes: 17,
    away_minutes: 23,
    keep_days: 365,
    version: 4,
  };
}

describe.each(LANGUAGES as readonly Language[])("the rules in %s", language => {
  beforeAll(() => setLanguage(language));

  it.each([
    ["as they are", rules()],
    ["with other numbers", odd()],
  ])("%s say every number of the document and no other", (_, view) => {
    const { getAllByTestId, getByTestId } = render(<RulesInWords rules={view} watched={null} />);
    const rows = getAllByTestId("exam-rule");
    const shown = view.kinds.filter(rule => rule.on);
    expect(rows.map(row => row.dataset["kind"]).sort()).toEqual(shown.map(rule => rule.kind).sort());
    for (const row of rows) {
      const rule = shown.find(one => one.kind === row.dataset["kind"]);
      if (!rule) throw new Error("a row without its rule");
      const raise = rule.of > 0 ? [rule.looks, rule.of] : rule.raise_after > 0 ? [rule.raise_after] : [];
      const clear = rule.clear_after > 0 ? [rule.clear_after] : [];
      expect(numbers(row.textContent ?? "").sort()).toEqual([...raise, ...clear].sort());
      // Words, not the names of keys.
      expect(row.textContent).not.toMatch(/exam\.|_/);
    }
    expect(numbers(getByTestId("exam-rule-keep").textContent ?? "")).toEqual([view.keep_days]);
    expect(numbers(getByTestId("exam-rule-away").textContent ?? "")).toEqual([view.away_minutes]);
    const breaks = numbers(getByTestId("exam-rule-breaks").textContent ?? "");
    expect(breaks.sort()).toEqual([view.breaks, view.break_minutes].sort());
  });

  it("leave out what is not watched for this student, and say so", () => {
    const { getAllByTestId, getByTestId } = render(<RulesInWords rules={rules()} watched={["absent"]} />);
    expect(getAllByTestId("exam-rule")).toHaveLength(1);
    expect(getByTestId("exam-rule-off").textContent).not.toMatch(/exam\./);
  });
});
