/** What the server says about retention (server/retention/views.py). Times in ISO 8601, sizes in bytes. */
import { language, t } from "../../i18n";

export interface Term {
  kind: string;
  name: string;
  holds: string;
  days: number;
  default: number;
  least: number;
  rule: string;
  forced: boolean;
  reason: string;
  protocol: string;
  author: string;
  time: string | null;
}

export interface OwnTerm {
  kind: string;
  lesson: string;
  title: string;
  days: number;
  reason: string;
  author: string;
}

export type Scope = "lesson" | "exam" | "person";

export interface Hold {
  id: string;
  scope: Scope;
  object: string;
  title: string;
  reason: string;
  author: string;
  time: string;
  released: string | null;
  released_by: string;
  release_reason: string;
}

export interface Run {
  as_of: string;
  trigger: "nightly" | "hand" | "postponed";
  time: string;
  counts: Record<string, { items: number; files: number; bytes: number; entries: number; held: number }>;
  problems: string[];
}

export interface Erasure {
  id: string;
  person: string;
  name: string;
  reason: string;
  author: string;
  time: string;
  state: "asked" | "approved" | "declined";
  answer: string;
  decided_by: string;
  decided: string | null;
  removed: Record<string, number>;
  kept: string[];
}

export interface Retention {
  kinds: Term[];
  terms: OwnTerm[];
  holds: Hold[];
  runs: Run[];
  requests: Erasure[];
  hour: number;
  decides: boolean;
}

export interface Month {
  month: string;
  kind: string;
  items: number;
  bytes: number;
  held: number;
}

export const MOST_DAYS = 36_500;

/** Whether a reason says anything; the server asks for three characters as well. */
export function says(reason: string): boolean {
  return reason.trim().length >= 3;
}

const STEPS = [
  [1e9, "gb"],
  [1e6, "mb"],
  [1e3, "kb"],
] as const;

/** `12 GB`, `3.4 MB`; a dash for nothing. */
export function size(bytes: number): string {
  if (bytes <= 0) return "–";
  const [unit, word] = STEPS.find(([least]) => bytes >= least) ?? STEPS[2];
  const value = Math.max(bytes / unit, 0.1);
  const number = value.toLocaleString(language.value === "ky" ? "ru" : language.value, {
    maximumFractionDigits: value < 10 ? 1 : 0,
  });
  return t(`retention.size_${word}`, { size: number });
}

/** A term in words: whole years where it is some, else days. */
export function term(days: number): string {
  return days % 365 === 0
    ? t("retention.years", { count: days / 365 })
    : t("retention.days", { count: days });
}
