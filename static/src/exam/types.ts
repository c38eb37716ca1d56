/**
 * The shapes of a proctored exam as the server sends them: the list, the rules, the attempt of a student.
 * Times are ISO 8601 in UTC; durations are seconds unless the name says otherwise.
 */

export type Part = "student" | "proctor" | "teacher" | "office";
export type ExamState = "draft" | "planned" | "entry" | "running" | "over";
export type SeatWhy = "phone" | "biometrics" | "equipment" | "other";
export type Equipment = "" | "good" | "weak" | "phone" | "bad";
export type AttemptState =
  "preparing" | "waiting" | "admitted" | "running" | "break" | "paused" | "suspended" | "submitted" | "over";

export interface ExamCard {
  id: string;
  title: string;
  discipline: string;
  groups: string[];
  starts: string;
  ends: string;
  minutes: number;
  part: Part;
  state: ExamState;
  rehearsal: boolean;
  /** State of the own attempt, empty while there is none. */
  attempt: AttemptState | "";
  place: "home" | "class";
  seat: string;
  /** The own last check of the equipment. */
  equipment: Equipment;
  room: string;
  /** The name of the proctor in the room. */
  in_room: string;
  /** Why a seat in a computer class was asked for; empty for not. */
  seat_asked: SeatWhy | "";
}

export type QuestionKind = "text" | "choice" | "several" | "file";

export interface Question {
  id: string;
  text: string;
  kind: QuestionKind;
  options: string[];
  points: number;
}

export type Stream = "webcam" | "screen" | "sound";

export interface KindRule {
  kind: string;
  on: boolean;
  stream: Stream;
  raise_after: number;
  clear_after: number;
  /** Of the last `of` looks so many must show it; 0 where it is by time. */
  looks: number;
  of: number;
}

export interface RulesView {
  id: string;
  title: string;
  version: number;
  state: "draft" | "approved" | "retired";
  protocol: string;
  date: string | null;
  author: string;
  approved_by: string;
  kinds: KindRule[];
  sound: boolean;
  breaks: number;
  break_minutes: number;
  aids: string[];
  room_pan: boolean;
  /** For so long in all the time stands still while a student's link is lost, minutes. */
  away_minutes: number;
  keep_days: number;
}

/** Names of the models that look at the pictures; missing or empty where there is none. */
export type Models = Partial<Record<"faces" | "things" | "identity", string>>;

export interface ExamView {
  id: string;
  title: string;
  discipline: string;
  groups: string[];
  starts: string;
  ends: string;
  minutes: number;
  entry: number;
  content: "sheet" | "page";
  address: string;
  own_tab: boolean;
  pages: number;
  aids: string[];
  identity: boolean;
  questions: Question[];
  rules: RulesView | null;
  state: ExamState;
  rehearsal: boolean;
  you: { part: Part; edit: boolean; watch: boolean; sit: boolean };
  models: Models;
}

export type PhotoProblem = "" | "no_face" | "several" | "small" | "dark" | "blurred" | "turned" | "not_photo";

export interface Photo {
  at: string;
  problem: PhotoProblem;
  /** Likeness to the registered photo, 0 to 1; null where it cannot be judged. */
  score: number | null;
}

export interface Steps {
  rules: string | null;
  biometrics: "yes" | "no" | "";
  equipment: "" | "good" | "weak" | "bad";
  face: Photo | null;
  document: Photo | null;
  turn: boolean;
  room: boolean;
  baseline: boolean;
  share: boolean;
  /** A private check was asked for. */
  private: boolean;
  /** The own pattern was found on the shared screen. */
  marker: boolean;
  /** When a person last confirmed the newest photo of the face. */
  confirmed: string | null;
}

export interface Line {
  n: number;
  mine: boolean;
  name: string;
  text: string;
  at: string;
}

export interface KeptFile {
  id: string;
  name: string;
  bytes: number;
}

export interface Answer {
  text: string;
  choice: number[];
  files: KeptFile[];
  saved: string | null;
  n: number;
}

export interface FlagView {
  n: number;
  kind: string;
  begin: string;
  end: string | null;
}

export interface NewsView {
  n: number;
  at: string;
  what: "extended" | "resumed" | "taken_up" | "confirmed" | "break_over";
  minutes: number;
  reason: string;
}

export interface AttemptExam {
  id: string;
  title: string;
  discipline: string;
  starts: string;
  ends: string;
  minutes: number;
  extra: number;
  content: "sheet" | "page";
  address: string;
  own_tab: boolean;
  pages: number;
  aids: string[];
  identity: boolean;
  rehearsal: boolean;
}

export interface AttemptView {
  exam: AttemptExam;
  questions: Question[];
  rules: RulesView | null;
  models: Models;
  state: AttemptState;
  /** This tab holds the attempt. */
  held: boolean;
  /** Another tab holds it. */
  elsewhere: boolean;
  /** A proctor asks for a new photo. */
  check_asked: boolean;
  steps: Steps;
  now: string;
  started: string | null;
  deadline: string | null;
  seconds_left: number;
  /** The link is lost as the server sees it: the time stands still. */
  away: boolean;
  break: { on: boolean; ends: string | null; left: number; minutes: number };
  messages: Line[];
  help: boolean;
  answers: Record<string, Answer>;
  reason: string;
  place: "home" | "class" | string;
  seat: string;
  room: string;
  in_room: string;
  seat_asked: SeatWhy | "";
  news: NewsView[];
  /** A proctor listens now. */
  listened: boolean;
  /** The kinds that are judged for this student. */
  watched: string[];
  flags: FlagView[];
}

export interface Agent {
  desktop: boolean;
  screen_capture: boolean;
  displays: number | null;
  browser: string;
}

export type StepName =
  "rules" | "biometrics" | "equipment" | "turn" | "room" | "share" | "beacon" | "baseline" | "private";
export type PhotoKind = "face" | "document" | "left" | "right" | "room";

export type EventKind =
  | "focus_lost"
  | "focus_back"
  | "hidden"
  | "shown"
  | "fullscreen_left"
  | "fullscreen_back"
  | "copy"
  | "paste"
  | "print"
  | "displays"
  | "devices"
  | "share_ended"
  | "share_began"
  | "camera_ended"
  | "camera_began"
  | "virtual_camera"
  | "offline"
  | "online"
  | "battery"
  | "unloaded";

export interface BrowserEvent {
  n: number;
  kind: EventKind;
  /** Milliseconds between the event and this sending. */
  ago: number;
  detail: string;
}

export interface BeaconSheet {
  now_us: number;
  slot_us: number;
  /** Number of the slot of `marks[0]`. */
  first: number;
  /** Of each slot 15 rows of 15 bits, bit 14 the leftmost module, 1 black. */
  marks: number[][];
}
