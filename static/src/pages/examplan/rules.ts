/**
 * The exam rules as words: each number of the document flows in, a sentence with that number flows out, in
 * the language of the page. Drafts are checked here for typing mistakes only; the server judges.
 */
import type { KindRule } from "../../exam/types";
import { language, t } from "../../i18n";
import type { Rules, RulesBody } from "./api";

/** A number as people write it: `2.5` in English, `2,5` in Kyrgyz and Russian. */
export function number(value: number): string {
  return language.value === "en" ? String(value) : String(value).replace(".", ",");
}

/** When a condition becomes a flag. */
export function raiseWords(rule: KindRule): string {
  if (rule.of > 0) return t("rules.looks", { n: number(rule.looks), of: number(rule.of) });
  return rule.raise_after > 0 ? t("rules.after", { n: number(rule.raise_after) }) : t("rules.at_once");
}

/** When a flag ends. */
export function clearWords(rule: KindRule): string {
  return rule.clear_after > 0 ? t("rules.after", { n: number(rule.clear_after) }) : t("rules.at_once");
}

/** A number typed by a person, with a comma or a point; null where it is none. */
export function typed(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** The draft as the server takes it. */
export function bodyOf(rules: Rules): RulesBody {
  const { title, sound, breaks, break_minutes, away_minutes, aids, room_pan, keep_days } = rules;
  const kinds = rules.kinds.map(({ kind, on, raise_after, clear_after, looks, of }) => ({
    kind,
    on,
    raise_after,
    clear_after,
    looks,
    of,
  }));
  return { title, kinds, sound, breaks, break_minutes, away_minutes, aids, room_pan, keep_days };
}
