/**
 * Which days a line of the timetable will fall on, for looking at before it is made. The server works the
 * days out itself when it makes the lessons and answers with what it made; this is only the picture
 * before. Pure: rule, semesters and holidays flow in, days flow out.
 */
import { addDays, mondayOf } from "../../i18n/dates";

export type Weeks = "every" | "odd" | "even";

export interface Rule {
  weekday: number; // ISO, 1 is Monday
  from: string;
  until: string;
  weeks: Weeks;
}

export interface Term {
  starts: string;
  ends: string;
}

export type Preview = { days: string[]; skipped: string[] } | { fault: "range" | "too_long" | "semester" };

const MOST_DAYS = 366;
const DAY = 86_400_000; // ms

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY;

export function preview(rule: Rule, terms: readonly Term[], holidays: readonly string[]): Preview {
  const { from, until, weekday, weeks } = rule;
  if (!(daysBetween(from, until) >= 0)) return { fault: "range" };
  if (daysBetween(from, until) > MOST_DAYS) return { fault: "too_long" };
  const term = terms.find(({ starts, ends }) => starts <= from && until <= ends);
  if (weeks !== "every" && !term) return { fault: "semester" };
  const days: string[] = [];
  const skipped: string[] = [];
  const off = new Set(holidays);
  let day = addDays(mondayOf(from), weekday - 1);
  if (day < from) day = addDays(day, 7);
  for (; day <= until; day = addDays(day, 7)) {
    const number = term ? Math.round(daysBetween(mondayOf(term.starts), mondayOf(day)) / 7) + 1 : 0;
    if (weeks !== "every" && (number % 2 === 1) !== (weeks === "odd")) continue;
    (off.has(day) ? skipped : days).push(day);
  }
  return { days, skipped };
}
