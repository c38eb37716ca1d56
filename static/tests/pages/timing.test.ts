/** What a lesson is at a moment, and where the line "now" runs. */
import { expect, test } from "vitest";
import { inOrder, isAtHand, nowLine, phaseOf } from "../../src/pages/today/timing";

const at = (time: string): number => Date.parse(`2026-09-02T${time}:00Z`);
const lesson = (
  from: string,
  until: string,
  state: "planned" | "open" | "closed" | "cancelled" = "planned",
) => ({
  title: from,
  starts: `2026-09-02T${from}:00Z`,
  ends: `2026-09-02T${until}:00Z`,
  state,
});

test.each([
  ["08:00", "planned", "later"],
  ["09:14", "planned", "later"],
  ["09:15", "planned", "soon"],
  ["09:30", "planned", "late"],
  ["10:49", "planned", "late"],
  ["10:50", "planned", "over"],
  ["08:00", "open", "live"],
  ["11:30", "open", "live"],
  ["09:40", "closed", "over"],
  ["09:40", "cancelled", "cancelled"],
  ["12:00", "cancelled", "cancelled"],
] as const)("at %s a %s lesson of 09:30 is %s", (now, state, phase) => {
  expect(phaseOf(lesson("09:30", "10:50", state), at(now))).toBe(phase);
});

test("the way in is offered from a quarter before until the end", () => {
  expect(["live", "late", "soon"].every(phase => isAtHand(phase as "live"))).toBe(true);
  expect(["later", "over", "cancelled"].some(phase => isAtHand(phase as "later"))).toBe(false);
});

test("the line stands before the first lesson that has not begun", () => {
  const day = [lesson("08:00", "09:20"), lesson("09:30", "10:50"), lesson("11:00", "12:20")];
  expect(nowLine(day, at("07:00"))).toBe(0);
  expect(nowLine(day, at("10:00"))).toBe(2);
  expect(nowLine(day, at("13:00"))).toBe(3);
});

test("lessons of one time keep the order of their titles", () => {
  const [a, b] = [
    { ...lesson("08:00", "09:20"), title: "A" },
    { ...lesson("08:00", "09:20"), title: "B" },
  ];
  expect(inOrder([b, a]).map(({ title }) => title)).toEqual(["A", "B"]);
});
