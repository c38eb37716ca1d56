/** Attempts and rules for the exam's tests: a plain one, and what the test wants different in it. */
import type { AttemptExam, AttemptView, Models, Photo, RulesView, Steps } from "../../src/exam/types";

interface Wanted extends Omit<Partial<AttemptView>, "exam" | "steps" | "rules" | "models"> {
  exam?: Partial<AttemptExam>;
  steps?: Partial<Steps>;
  rules?: Partial<RulesView>;
  models?: Partial<Models>;
}

export function photo(wanted: Partial<Photo> = {}): Photo {
  return { at: "2026-09-02T05:00:00Z", problem: "", score: null, ...wanted };
}

export function rules(wanted: Partial<RulesView> = {}): RulesView {
  const timed = (kind: string, stream: "webcam" | "screen" | "sound", raise_after: number) =>
    ({ kind, on: true, stream, raise_after, clear_after: 3, looks: 0, of: 0 }) as const;
  const counted = (kind: string, looks: number, of: number) =>
    ({ kind, on: true, stream: "webcam", raise_after: 0, clear_after: 3, looks, of }) as const;
  return {
    id: "r1",
    title: "Rules",
    version: 1,
    state: "approved",
    protocol: "7",
    date: "2026-08-28",
    author: "",
    approved_by: "",
    kinds: [
      timed("absent", "webcam", 10),
      timed("several", "webcam", 3),
      counted("other_person", 2, 2),
      timed("head_away", "webcam", 8),
      timed("covered", "webcam", 5),
      timed("dark", "webcam", 5),
      timed("frozen", "webcam", 10),
      timed("loop", "webcam", 10),
      timed("beacon_lost", "screen", 5),
      timed("beacon_stale", "screen", 5),
      timed("beacon_foreign", "screen", 2),
      timed("share_ended", "screen", 0),
      timed("voice", "sound", 5),
      counted("phone", 2, 3),
      counted("book", 2, 3),
    ],
    sound: false,
    breaks: 2,
    break_minutes: 5,
    aids: [],
    room_pan: false,
    away_minutes: 20,
    keep_days: 180,
    ...wanted,
  };
}

export function attempt(wanted: Wanted = {}): AttemptView {
  const { exam, steps, rules: ruled, models, ...rest } = wanted;
  return {
    room: "",
    in_room: "",
    seat_asked: "",
    news: [],
    listened: false,
    state: "preparing",
    questions: [],
    held: true,
    elsewhere: false,
    check_asked: false,
    away: false,
    now: "2026-09-02T05:00:00Z",
    started: null,
    deadline: null,
    seconds_left: 3600,
    break: { on: false, ends: null, left: 2, minutes: 5 },
    messages: [],
    help: false,
    answers: {},
    reason: "",
    place: "home",
    seat: "",
    watched: ["absent", "several"],
    flags: [],
    ...rest,
    exam: {
      id: "e1",
      title: "Physics",
      discipline: "Physics",
      starts: "2026-09-02T05:00:00Z",
      ends: "2026-09-02T07:00:00Z",
      minutes: 90,
      extra: 0,
      content: "sheet",
      address: "",
      own_tab: false,
      pages: 1,
      aids: [],
      identity: true,
      rehearsal: false,
      ...exam,
    },
    steps: {
      rules: null,
      biometrics: "",
      equipment: "",
      face: null,
      document: null,
      turn: false,
      room: false,
      baseline: false,
      share: false,
      private: false,
      marker: false,
      confirmed: null,
      ...steps,
    },
    rules: rules(ruled),
    models: { faces: "f", things: "", identity: "", ...models },
  };
}
