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
