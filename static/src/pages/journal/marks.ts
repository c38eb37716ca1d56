/** Marks of the journal: their signs and words in the language now chosen. */
import { t } from "../../i18n";

export const MARKS = ["present", "late", "absent", "excused"] as const;
export type Mark = (typeof MARKS)[number];

export function isMark(value: string | undefined): value is Mark {
  return MARKS.includes(value as Mark);
}

export const signOf = (mark: string | undefined): string => (isMark(mark) ? t(`mark.${mark}`) : "");
export const wordOf = (mark: string | undefined): string =>
  t(isMark(mark) ? `mark.word_${mark}` : "mark.word_none");

const WINDOW = 4; // lessons that one point of a trend looks back

/** How attendance goes, in percent: for each marked lesson the share of the last few. Pure. */
export function trend(marks: readonly (string | undefined)[]): number[] {
  const came = marks.filter(mark => isMark(mark) && mark !== "excused").map(mark => mark !== "absent");
  return came.map((_, n) => {
    const last = came.slice(Math.max(0, n + 1 - WINDOW), n + 1);
    return Math.round((last.filter(Boolean).length / last.length) * 100);
  });
}
