/**
 * What the server's HTTP API answers, as docs/architecture.md and `/api/openapi.json` describe it. Types
 * only: nothing here decides anything.
 */
import type { Language } from "../i18n";
import type { Theme } from "../theme";

export const ROLES = [
  "student",
  "teacher",
  "curator",
  "dispatcher",
  "office_head",
  "dean",
  "observer",
  "proctor",
  "commission",
  "commission_chair",
  "secretary",
  "admin",
  "guest",
] as const;
export type Role = (typeof ROLES)[number];

export type ScopeKind = "university" | "faculty" | "department" | "group" | "lesson";

export interface RoleView {
  id?: string;
  role: Role;
  scope_kind: ScopeKind;
  scope: string;
  scope_name: string;
}

/** What an account must settle before anything else. */
export type Next = "ready" | "change_password" | "enrol_otp" | "consent";

export interface Me {
  id: string;
  login: string;
  name: string;
  language: Language;
  theme: Theme;
  kind: "account" | "guest";
  roles: RoleView[];
  next: Next;
  two_factor: boolean;
  actions: string[];
}

export interface LoginAnswer {
  token: string;
  csrf: string;
  next: Next;
}

export interface Named {
  id: string;
  name: string;
}

export const LESSON_KINDS = [
  "lecture",
  "seminar",
  "practical",
  "lab",
  "office_hours",
  "curator_hour",
  "consultation",
  "webinar",
  "exam",
  "defence",
  "psychologist",
] as const;
export type LessonKind = (typeof LESSON_KINDS)[number];

export type LessonState = "planned" | "open" | "closed" | "cancelled";

export interface LessonView {
  id: string;
  title: string;
  kind: LessonKind;
  discipline: Named | null;
  groups: Named[];
  teachers: Named[];
  starts: string;
  ends: string;
  state: LessonState;
  relation: string;
  may: { join: boolean; open: boolean; edit: boolean; invite: boolean };
}

export interface Today {
  date: string;
  now: string;
  zone: string;
  lessons: LessonView[];
}

/** A page of a list; `next` is the value for `after`, empty at the end. */
export interface ListOf<T> {
  items: T[];
  next: string;
}
