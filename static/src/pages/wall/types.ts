/** What the server answers about the wall (docs/protocol.md, "Exams"). Types only: nothing here decides. */

import type { AttemptState, FlagView, Line, Models, Photo, RulesView, Steps } from "../../exam/types";

export const KINDS = [
  "absent",
  "several",
  "other_person",
  "head_away",
  "covered",
  "dark",
  "frozen",
  "loop",
  "beacon_lost",
  "beacon_stale",
  "beacon_foreign",
  "share_ended",
  "voice",
  "phone",
  "book",
] as const;
export type Kind = (typeof KINDS)[number];

export type Flag = FlagView & { seen: boolean };

export interface Student {
  person: string;
  name: string;
  group: string;
  /** Empty while the student has not come. */
  state: AttemptState | "";
  place: string;
  seat: string;
  link: "good" | "weak" | "lost" | "";
  here: boolean;
  camera: boolean;
  screen: boolean;
  help: boolean;
  unread: number;
  deadline: string | null;
  extra: number;
  flags: Flag[];
  /** Kinds that hold at this moment. */
  standing: string[];
  count: number;
  /** For the order only: larger first. Says nothing about a student. */
  weight: number;
  /** Seconds that could not be analysed. */
  unjudged: { webcam: number; screen: number };
  steps: Steps;
  score: number | null;
  moved: number;
  answered: number;
  of: number;
}

export interface Health {
  up: boolean;
  /** Pictures looked at in a second. */
  rate: number;
  /** 1: as often as planned; 2: half as often. */
  stretch: number;
  models: Models;
}

export interface Proctor {
  person: string;
  name: string;
  on: boolean;
}

export interface WallExam {
  id: string;
  title: string;
  discipline: string;
  starts: string;
  ends: string;
  minutes: number;
  state: string;
  identity: boolean;
  rules?: Pick<RulesView, "sound"> | null;
}

/** Everything of the wall but the students, who change one by one. */
export interface Frame {
  now: string;
  exam: WallExam;
  proctors: Proctor[];
  on_duty: boolean;
  health: Health;
}

export interface WallView extends Frame {
  students: Student[];
}

export interface Detail extends Student {
  photos: (Photo & { kind: string })[];
  messages: Line[];
  events: { at: string; kind: string; detail: string; ms: number }[];
  breaks: { begin: string; end: string | null }[];
  log: { at: string; what: string; who: string; reason: string }[];
  /** There is a photo of the student's record to compare with. */
  registered: boolean;
}
