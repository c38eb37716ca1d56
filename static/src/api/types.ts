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
  "rehearsal",
] as const;
export type LessonKind = (typeof LESSON_KINDS)[number];

export type LessonState = "planned" | "open" | "closed" | "cancelled";

export interface LessonView {
  id: string;
  title: string;
  /** `trial`: a trial class, which nobody plans. */
  kind: LessonKind | "trial";
  discipline: Named | null;
  groups: Named[];
  teachers: Named[];
  starts: string;
  ends: string;
  state: LessonState;
  relation: string;
  may: { join: boolean; open: boolean; edit: boolean; invite: boolean };
}

/** Lessons of a day or a week. `now` is the server's clock; `more`: not all fitted into the answer. */
interface Schedule {
  now: string;
  zone: string;
  lessons: LessonView[];
  more?: boolean;
}

export interface Today extends Schedule {
  date: string;
}

export interface Week extends Schedule {
  from: string;
  until: string;
  /** Number of the week in its semester, null outside of one. */
  week: number | null;
}

/** A page of a list; `next` is the value for `after`, empty at the end. */
export interface ListOf<T> {
  items: T[];
  next: string;
}

// --- administration ----------------------------------------------------------------------------------

export interface UserView {
  id: string;
  login: string;
  name: string;
  email: string;
  phone: string;
  disabled: boolean;
  two_factor: boolean;
  must_change: boolean;
  roles: (RoleView & { id: string })[];
}

/** A one-time password, for the printed slip; the server says it once. */
export interface Slip {
  id: string;
  login: string;
  name: string;
  password: string;
}

interface Unit extends Named {
  archived: boolean;
}

export type FacultyView = Unit;

export interface DepartmentView extends Unit {
  faculty: string;
  contact: string;
}

export interface GroupView extends Unit {
  department: string;
  language: Language;
}

export interface DisciplineView extends Unit {
  department: string;
  language: Language;
  hours: number;
  contact_hours: number;
  mooc: boolean;
}

export interface StudentView extends Named {
  from: string;
  until: string | null;
}

/** Two lessons of one teacher or group that overlap. */
export interface Clash {
  code: "overlap.teacher" | "overlap.group";
  who: string;
  lesson: string;
  other: string;
  starts: string;
}

export interface SeriesMade {
  id: string;
  lessons: string[];
  skipped: string[];
  warnings: Clash[];
}

export interface SemesterView extends Named {
  starts: string;
  ends: string;
}

export interface HolidayView {
  day: string;
  name: string;
}
