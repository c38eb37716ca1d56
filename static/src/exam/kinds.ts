/**
 * What is watched, in plain words with the numbers of the approved rules. A line of the rules flows in; a
 * sentence in the current language flows out.
 */
import { maybe, t, type Key } from "../i18n";
import type { KindRule } from "./types";

/** What was seen, as a name: "Nobody in the picture". */
export function kindName(kind: string): string {
  return maybe(`exam.kind.${kind}`) ?? kind;
}

/** Why it would be marked: what must be seen and for how long. */
export function whyMarked(rule: KindRule): string {
  const what = maybe(`exam.what.${rule.kind}`) ?? kindName(rule.kind);
  if (rule.of > 0) return t("exam.rule.looks", { what, looks: rule.looks, of: rule.of });
  if (rule.raise_after <= 0) return t("exam.rule.at_once", { what });
  return t("exam.rule.after", { what, seconds: shown(rule.raise_after) });
}

/** When an episode ends: how long all must be well again. */
export function whenCleared(rule: KindRule): string {
  return rule.clear_after > 0 ? t("exam.rule.clear", { seconds: shown(rule.clear_after) }) : "";
}

export const streamName = (stream: KindRule["stream"]): string => t(`exam.stream.${stream}` as Key);

/** Whole where it is whole: 8, 2.5. */
function shown(seconds: number): string {
  return String(Math.round(seconds * 10) / 10);
}
