/** The shapes of the commission's review as the server sends them (server/review). */
export type Verdict = "nothing" | "noted";
export type ItemState = "open" | "second" | "chair" | "accepted" | "nothing" | "late";
export type CaseState =
  "open" | "clean" | "to_notify" | "notice" | "heard" | "found" | "measured" | "appealed" | "closed" | "late";

export interface ReviewCard {
  id: string;
  title: string;
  discipline: string;
  starts: string;
  items: number;
  open: number;
  mine: number;
  cases: number;
  minutes: number;
  release: string | null;
}

export interface ItemCard {
  key: string;
  number: number;
  kinds: string[];
  seconds: number;
  state: ItemState;
  mine: Verdict | "";
  /** It waits for the look of who asks. */
  waits: boolean;
}

export interface CaseCard {
  person: string;
  name: string;
  group: string;
  state: CaseState;
  items: number;
  accepted: number;
  until: string | null;
}

export interface Member {
  person: string;
  name: string;
  part: "chair" | "commission" | "secretary";
}

export interface ReviewView {
  id: string;
  title: string;
  discipline: string;
  starts: string;
  ends: string;
  you: { member: boolean; chair: boolean; secretary: boolean };
  members: Member[];
  quorum: number;
  minutes: number;
  release: string | null;
  queue: ItemCard[];
  cases: CaseCard[];
}

/** Milliseconds of the item's window. */
export interface Stretch {
  begin_ms: number;
  end_ms: number;
}
export interface Kind extends Stretch {
  kind: string;
}
export interface Gap extends Stretch {
  stream: string;
  why: string;
}

export interface Clip {
  source: "cam" | "screen" | "mic";
  url: string;
  /** Of the first frame in the window; negative where it begins before. */
  offset_ms: number;
  length_ms: number;
  width: number;
  height: number;
  sha256: string;
}

/** A picture of evidence; `flag` is the place of what it shows in `kinds`, `ms` of the item's window. */
export interface Still {
  flag: number;
  source: "cam" | "screen";
  url: string;
  ms: number;
  width: number;
  height: number;
  sha256: string;
}

export interface ItemView {
  key: string;
  number: number;
  state: ItemState;
  begins: string;
  kinds: Kind[];
  length_ms: number;
  mine: Verdict | "";
  note: string;
  waits: boolean;
  clips: Clip[];
  stills: Still[];
  events: { ms: number; kind: string; detail: string }[];
  gaps: Gap[];
  /** Others' too, once the own look is given. */
  looks: { name: string; verdict: Verdict; note: string; seconds: number }[];
}

export interface Statement {
  text: string;
  at: string;
}
export interface Finding {
  finding: "none" | "violation";
  note: string;
  at: string;
  name: string;
}
export interface Measure {
  body: string;
  measure: string;
  reference: string;
  at: string;
  name: string;
}
export interface Appeal extends Statement {
  decided: { result: "kept" | "changed"; note: string; name: string; at: string } | null;
}

export interface May {
  notice: boolean;
  finding: boolean;
  sign: boolean;
  measure: boolean;
  appeal: boolean;
  recuse: boolean;
}

export interface CaseView {
  person: string;
  name: string;
  group: string;
  state: CaseState;
  items: ItemView[];
  statement: Statement | null;
  until: string | null;
  finding: Finding | null;
  signatures: { person: string; name: string; part: Member["part"]; at: string }[];
  quorum: number;
  measure: Measure | null;
  appeal: Appeal | null;
  appeal_until: string | null;
  log: { at: string; what: string; who: string; reason: string }[];
  may: May;
}

/** What a student sees of the own case. */
export interface OutcomeView {
  state: CaseState | "waiting";
  until: string | null;
  items: ItemView[];
  statement: Statement | null;
  finding: Finding | null;
  measure: Measure | null;
  appeal: Appeal | null;
  appeal_until: string | null;
  grade_held: boolean;
  release: string | null;
}
