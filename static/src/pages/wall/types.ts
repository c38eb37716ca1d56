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
  state: AttemptState | "absent";
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
  /** A new photo was asked for and has not come yet. */
  check_asked: boolean;
  /** Why it is paused or suspended. */
  reason: string;
  answered: number;
  of: number;
  /** The proctor who looks after this student, by id. */
  watcher: string;
  room: string;
  /** The proctor who listens now, by id. */
  listener: string;
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
  /** The code of what is wrong with the recording; empty while nothing is. */
  recording?: string;
}

export interface WallView extends Frame {
  students: Student[];
}

/** A stretch of time. `what` of a gap: the stream and why. */
export interface Stretch {
  begin: string;
  end: string | null;
  what: string;
}

export interface Detail extends Student {
  photos: (Photo & { kind: string })[];
  messages: Line[];
  events: { at: string; kind: string; detail: string }[];
  breaks: Stretch[];
  /** What could not be analysed, with the stream and why. */
  gaps: Stretch[];
  log: { at: string; what: string; who: string; reason: string }[];
  /** There is a photo of the student's record to compare with. */
  registered: boolean;
}
