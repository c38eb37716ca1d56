/** Planning: what is missing, questions, and every number of the rules document in three languages. */
import { cleanup, render, within } from "@testing-library/preact";
import { screen } from "../screen";
import { afterEach, describe, expect, test } from "vitest";
import type { Question } from "../../src/exam/types";
import { LANGUAGES, setLanguage, type Language } from "../../src/i18n";
import type { Candidate, Rules } from "../../src/pages/examplan/api";
import { linesOf, moved, needsSeat, newId, problemOf, readiness } from "../../src/pages/examplan/plan";
import { bodyOf, typed } from "../../src/pages/examplan/rules";
import { RulesDocument } from "../../src/pages/examplan/RulesDocument";
import { KINDS } from "../../src/pages/wall/types";

afterEach(cleanup);

/** Numbers that stand nowhere twice, so that none can be taken for another. */
const RULES: Rules = {
  id: "r1",
  title: "Rules",
  version: 3,
  state: "approved",
  protocol: "17-A",
  date: "2026-11-20",
  author: "",
  approved_by: "",
  kinds: KINDS.map((kind, index) => ({
    kind,
    on: index !== 12,
    stream: index < 8 ? "webcam" : "screen",
    raise_after: index === 11 ? 0 : 20.5 + index,
    clear_after: index === 11 ? 0 : 40 + index,
    looks: index > 12 ? index - 10 : 0,
    of: index > 12 ? index : 0,
  })),
  sound: false,
  breaks: 2,
  break_minutes: 7,
  away_minutes: 23,
  aids: ["Calculator", "Dictionary"],
  room_pan: true,
  keep_days: 181,
};

/** The numbers of a text, a comma read as a point. */
const numbersIn = (element: HTMLElement): number[] =>
  [...(element.textContent ?? "").matchAll(/\d+(?:[.,]\d+)?/g)].map(found =>
    Number(found[0].replace(",", ".")),
  );

async function show(lang: Language, rules: Rules = RULES): Promise<void> {
  await setLanguage(lang);
  render(<RulesDocument rules={rules} />);
}

describe.each(LANGUAGES)("the rules in %s", lang => {
  test("every threshold is the document's", async () => {
    await show(lang);
    const rows = [...screen().getByTestId("rules-kinds").querySelectorAll("tr[data-row]")];
    const on = RULES.kinds.filter(one => one.on);
    expect(rows.map(row => row.dataset["row"])).toEqual(on.map(one => one.kind));
    rows.forEach((row, index) => {
      const one = on[index];
      if (!one) throw new Error("a row too many");
      const raise = numbersIn(within(row).getByTestId("rules-raise")).sort((a, b) => a - b);
      const clear = numbersIn(within(row).getByTestId("rules-clear"));
      expect(raise, one.kind).toEqual(
        one.of ? [one.looks, one.of] : one.raise_after ? [one.raise_after] : [],
      );
      expect(clear, one.kind).toEqual(one.clear_after ? [one.clear_after] : []);
    });
  });

  test("so are breaks, days, minutes, aids, and what is not watched", async () => {
    await show(lang);
    expect(numbersIn(screen().getByTestId("rules-breaks"))).toEqual([2, 7]);
    expect(numbersIn(screen().getByTestId("rules-away"))).toEqual([23]);
    expect(numbersIn(screen().getByTestId("rules-keep"))).toEqual([181]);
    expect(screen().getByTestId("rules-aids").textContent).toContain("Calculator, Dictionary");
    expect(numbersIn(screen().getByTestId("rules-off"))).toEqual([]);
    expect(screen().getByTestId("rules-document").textContent).toContain("17-A");
    expect(screen().getByTestId("rules-document").textContent).not.toMatch(/\{\w+\}|rules\.|wall\./);
  });

  test("the two sides of each switch read differently", async () => {
    const read = async (rules: Rules): Promise<string[]> => {
      cleanup();
      await show(lang, rules);
      return ["rules-sound", "rules-room", "rules-breaks", "rules-aids"].map(
        id => screen().getByTestId(id).textContent ?? "",
      );
    };
    const one = await read(RULES);
    const other = await read({ ...RULES, sound: true, room_pan: false, breaks: 0, aids: [] });
    one.forEach((words, index) => expect(words).not.toBe(other[index]));
  });
});

test("numbers are read with a comma or a point, and nothing else is a number", () => {
  expect(typed("2,5")).toBe(2.5);
  expect(typed(" 10 ")).toBe(10);
  for (const odd of ["", "-1", "1e3", "2.5.1", "x", "Infinity"]) expect(typed(odd)).toBeNull();
});

test("what is saved of a draft is every kind without its stream", () => {
  const body = bodyOf(RULES);
  expect(body.kinds).toHaveLength(KINDS.length);
  expect(body.kinds[0]).toEqual({
    kind: "absent",
    on: true,
    raise_after: 20.5,
    clear_after: 40,
    looks: 0,
    of: 0,
  });
  expect(Object.keys(body)).not.toContain("version");
});

describe("readiness", () => {
  const exam = {
    rules: RULES,
    content: "sheet" as const,
    address: "",
    pages: 1,
    questions: [],
    minutes: 60,
    starts: "2026-11-28T08:00:00Z",
    ends: "2026-11-28T09:00:00Z",
  };
  const candidate: Candidate = {
    person: "a",
    name: "A",
    group: "G",
    extra: 0,
    off: [],
    place: "home",
    seat: "",
    note: "",
    equipment: "good",
    asked: "",
    room: "",
    proctor: "",
  };
  const proctor = { person: "p", name: "P", on: false };
  const open = (...from: Parameters<typeof readiness>): string[] =>
    readiness(...from)
      .filter(row => !row.good)
      .map(row => row.id);

  test("everything is there", () => {
    expect(open(exam, [candidate], [proctor])).toEqual([]);
  });

  test("each thing that is missing is named", () => {
    const bare = { ...exam, rules: null, pages: 0, minutes: 90 };
    expect(open(bare, [], [])).toEqual(["rules", "content", "time", "students", "proctors"]);
    expect(open({ ...exam, rules: { ...RULES, state: "draft" } }, [candidate], [proctor])).toEqual(["rules"]);
    expect(open({ ...exam, content: "page" }, [candidate], [proctor])).toEqual(["content"]);
  });

  test("a phone needs a seat, in the class nothing need be checked", () => {
    expect(open(exam, [{ ...candidate, equipment: "phone" }], [proctor])).toEqual(["seats"]);
    expect(open(exam, [{ ...candidate, equipment: "" }], [proctor])).toEqual(["equipment"]);
    expect(open(exam, [{ ...candidate, equipment: "", place: "class" }], [proctor])).toEqual([]);
    expect(needsSeat({ equipment: "bad", place: "class", asked: "phone" })).toBe(false);
    expect(needsSeat({ equipment: "good", place: "home", asked: "biometrics" })).toBe(true);
  });
});

describe("questions", () => {
  const one = (id: string, change: Partial<Question> = {}): Question => ({
    id,
    text: "?",
    kind: "text",
    options: [],
    points: 1,
    ...change,
  });

  test("new ones have a number of their own", () => {
    expect(newId([])).toBe("1");
    expect(newId([one("2"), one("3")])).toBe("4");
    expect(newId([one("1"), one("3")])).toBe("4");
  });

  test("move within the list only", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
  });

  test("say what is wrong with them", () => {
    expect(problemOf(one("1"))).toBe("");
    expect(problemOf(one("1", { text: " " }))).toBe("text");
    expect(problemOf(one("1", { kind: "choice", options: ["a", " "] }))).toBe("options");
    expect(linesOf(" a \n\n b\n")).toEqual(["a", "b"]);
  });
});
