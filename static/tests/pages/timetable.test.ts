/** The timetable's pure parts: the preview of a line, lanes of a day, what an edit sends. */
import { expect, test } from "vitest";
import type { LessonView } from "../../src/api/types";
import { hoursOf, inLanes } from "../../src/pages/timetable/lanes";
import { changed } from "../../src/pages/timetable/LessonDialog";
import { preview } from "../../src/pages/timetable/preview";

const TERM = { starts: "2026-09-01", ends: "2027-01-31" }; // a Tuesday: its week is week 1
const line = { weekday: 3, from: "2026-09-01", until: "2026-09-30", weeks: "every" as const };

test("every week", () => {
  expect(preview(line, [TERM], [])).toEqual({
    days: ["2026-09-02", "2026-09-09", "2026-09-16", "2026-09-23", "2026-09-30"],
    skipped: [],
  });
});

test("odd and even weeks part the days between them", () => {
  const odd = preview({ ...line, weeks: "odd" }, [TERM], []);
  const even = preview({ ...line, weeks: "even" }, [TERM], []);
  expect(odd).toMatchObject({ days: ["2026-09-02", "2026-09-16", "2026-09-30"] });
  expect(even).toMatchObject({ days: ["2026-09-09", "2026-09-23"] });
});

test("a weekday before the first day begins a week later", () => {
  expect(preview({ ...line, weekday: 1, until: "2026-09-08" }, [TERM], [])).toMatchObject({
    days: ["2026-09-07"],
  });
});

test("holidays are left out and named", () => {
  expect(preview(line, [TERM], ["2026-09-09"])).toMatchObject({ skipped: ["2026-09-09"] });
});

test.each([
  [{ ...line, until: "2026-08-01" }, "range"],
  [{ ...line, until: "" }, "range"],
  [{ ...line, until: "2028-01-01" }, "too_long"],
  [{ ...line, weeks: "odd" as const, until: "2027-03-01" }, "semester"],
])("a line that makes no sense says why", (rule, fault) => {
  expect(preview(rule, [TERM], [])).toEqual({ fault });
});

test("lessons that touch share a lane, those that overlap stand side by side", () => {
  const spans = [
    { from: 480, until: 560 },
    { from: 560, until: 640 },
    { from: 570, until: 600 },
    { from: 590, until: 650 },
    { from: 700, until: 720 },
  ];
  expect(inLanes(spans).map(({ item, lane, lanes }) => [item.from, lane, lanes])).toEqual([
    [480, 0, 1],
    [560, 0, 3],
    [570, 1, 3],
    [590, 2, 3],
    [700, 0, 1],
  ]);
});

test("the hours hold every lesson and never less than a working day", () => {
  expect(hoursOf([])).toEqual([8, 18]);
  expect(hoursOf([{ from: 430, until: 1210 }])).toEqual([7, 21]);
});

test("an edit sends only what differs", () => {
  const lesson = {
    kind: "lecture",
    title: "Физика",
    discipline: { id: "d", name: "Физика" },
    groups: [{ id: "g", name: "ИТ" }],
    teachers: [{ id: "t", name: "И" }],
    starts: "2026-09-02T09:30:00+06:00",
    ends: "2026-09-02T10:50:00+06:00",
  } as unknown as LessonView;
  const body = {
    kind: "lecture" as const,
    title: "",
    discipline: "d",
    groups: ["g"],
    teachers: ["t"],
    starts: "2026-09-02T03:30:00.000Z",
    ends: "2026-09-02T04:50:00.000Z",
  };
  expect(changed(lesson, body)).toEqual({});
  expect(changed(lesson, { ...body, teachers: ["t", "u"] })).toEqual({ teachers: ["t", "u"] });
});
