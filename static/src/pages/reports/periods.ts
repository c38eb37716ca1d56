/** Periods of reports: a month, quarter, half-year or year that holds a day. Pure. */
import { isoDay } from "../../i18n/dates";

export const PERIODS = ["month", "quarter", "half", "year"] as const;
export type Period = (typeof PERIODS)[number];

export interface Days {
  from: string;
  until: string;
}

const MONTHS: Record<Period, number> = { month: 1, quarter: 3, half: 6, year: 12 };

/**
 * The period that holds `day`. Halves and years are those of studies: they begin in September and end in
 * August, the second half begins in February.
 */
export function period(name: Period, day: Date): Days {
  const [year, month] = [day.getFullYear(), day.getMonth()];
  if (name === "half") {
    if (month >= 1 && month <= 7) return days(year, 1, 7);
    return days(month === 0 ? year - 1 : year, 8, 5);
  }
  if (name === "year") return days(month < 8 ? year - 1 : year, 8, 12);
  const length = MONTHS[name];
  return days(year, month - (month % length), length);
}

/** Which period these days are, as seen from a day. */
export function periodOf({ from, until }: Days, day: Date): Period | "own" {
  const same = (name: Period): boolean => {
    const found = period(name, day);
    return found.from === from && found.until === until;
  };
  return PERIODS.find(same) ?? "own";
}

function days(year: number, month: number, length: number): Days {
  return {
    from: isoDay(new Date(year, month, 1)),
    until: isoDay(new Date(year, month + length, 0)),
  };
}
