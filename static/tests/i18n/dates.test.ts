/** Dates in three languages and in the university's zone, whatever the browser's own. */
import { beforeEach, expect, test } from "vitest";
import {
  addDays,
  clock,
  dayMonth,
  isoDay,
  longDay,
  minuteOfDay,
  minutesBetween,
  momentOf,
  mondayOf,
  weekdayName,
  zone,
} from "../../src/i18n/dates";

beforeEach(() => {
  zone.value = "Asia/Bishkek";
});

test("a clock shows the university's time", () => {
  expect(clock("2026-09-02T03:30:00Z")).toBe("09:30");
  expect(clock("2026-09-02T09:30:00+06:00")).toBe("09:30");
  expect(minuteOfDay("2026-09-02T03:30:00Z")).toBe(570);
});

test("a day is the university's day", () => {
  expect(isoDay(new Date("2026-09-01T18:30:00Z"))).toBe("2026-09-02");
});

test.each([
  ["ky", "2-сентябрь, шаршемби"],
  ["ru", "среда, 2 сентября"],
  ["en", "Wednesday 2 September"],
] as const)("a long day in %s", (lang, words) => {
  expect(longDay("2026-09-02", lang).replace(",", lang === "en" ? "" : ",")).toBe(words);
});

test("a short day", () => {
  expect(dayMonth("2026-12-31", "ky")).toBe("31-декабрь");
  expect(dayMonth("2026-12-31", "ru")).toBe("31 декабря");
});

test("weekdays begin with Sunday at 0", () => {
  expect(weekdayName(1, "long", "ky")).toBe("дүйшөмбү");
  expect(weekdayName(0, "long", "ky")).toBe("жекшемби");
  expect(weekdayName(1, "long", "ru")).toBe("понедельник");
});

test("weeks begin on Monday, over months and years", () => {
  expect(mondayOf("2026-09-06")).toBe("2026-08-31");
  expect(mondayOf("2026-08-31")).toBe("2026-08-31");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
});

test("a wall-clock time becomes a moment", () => {
  expect(momentOf("2026-09-02", "09:30")).toBe("2026-09-02T03:30:00.000Z");
  expect(momentOf("2026-09-02", "03:30", "Asia/Bishkek")).toBe("2026-09-01T21:30:00.000Z");
});

test("a zone with summer time: before, inside the gap, after", () => {
  expect(momentOf("2026-03-29", "01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
  expect(momentOf("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  expect(momentOf("2026-03-29", "03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  expect(momentOf("2026-10-25", "12:00", "Europe/Berlin")).toBe("2026-10-25T11:00:00.000Z");
});

test("minutes round up, so that none is promised too early", () => {
  expect(minutesBetween("2026-09-02T03:00:00Z", "2026-09-02T03:00:01Z")).toBe(1);
  expect(minutesBetween("2026-09-02T03:00:00Z", "2026-09-02T04:20:00Z")).toBe(80);
});
