/** The wall's pure parts: pictures from bytes (also hostile ones), an order that does not jump, filters, words. */
import { beforeAll, describe, expect, test } from "vitest";
import { setLanguage } from "../../src/i18n";
import { doubts } from "../../src/pages/wall/checks";
import { Feed } from "../../src/pages/wall/feed";
import { healthWords, recordingWords } from "../../src/pages/wall/HealthLine";
import { commandOf } from "../../src/pages/wall/keys";
import { arrange, countsOf, passes, step, wanted } from "../../src/pages/wall/order";
import { entriesOf } from "../../src/pages/wall/Person";
import { readPictures } from "../../src/pages/wall/pictures";
import type { Student, WallView } from "../../src/pages/wall/types";
import { lasted, likeness, minutesLeft } from "../../src/pages/wall/words";

beforeAll(() => setLanguage("en"));

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

function record(seq: number, person: string, jpeg: number[] = JPEG, stream = 0): number[] {
  const name = [...new TextEncoder().encode(person)];
  const u32 = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return [...u32(seq), stream, name.length, ...name, ...u32(jpeg.length), ...jpeg];
}

const bytes = (...parts: number[][]): ArrayBuffer => new Uint8Array(parts.flat()).buffer;

export function student(person: string, change: Partial<Student> = {}): Student {
  return {
    person,
    name: person.toUpperCase(),
    group: "IT-21",
    state: "running",
    place: "home",
    seat: "",
    link: "good",
    here: true,
    camera: true,
    screen: true,
    help: false,
    unread: 0,
    deadline: null,
    extra: 0,
    flags: [],
    standing: [],
    count: 0,
    weight: 0,
    unjudged: { webcam: 0, screen: 0 },
    steps: {
      rules: null,
      biometrics: "yes",
      equipment: "good",
      face: null,
      document: null,
      turn: false,
      room: false,
      baseline: false,
      share: true,
      private: false,
      marker: false,
      confirmed: null,
    },
    score: null,
    moved: 0,
    check_asked: false,
    reason: "",
    answered: 0,
    of: 5,
    watcher: "",
    room: "",
    listener: "",
    ...change,
  };
}

describe("pictures", () => {
  test("come out in their order, with the newest number", () => {
    const { pictures, last } = readPictures(bytes(record(7, "өмүр"), record(9, "b", JPEG, 1)), 3);
    expect(pictures.map(({ seq, stream, person }) => [seq, stream, person])).toEqual([
      [7, "webcam", "өмүр"],
      [9, "screen", "b"],
    ]);
    expect([...(pictures[0]?.jpeg ?? [])]).toEqual(JPEG);
    expect(last).toBe(9);
  });

  test("an empty body keeps the number", () => {
    expect(readPictures(new ArrayBuffer(0), 41)).toEqual({ pictures: [], last: 41 });
  });

  test("the largest number is not negative", () => {
    expect(readPictures(bytes(record(0xffffffff, "a"))).last).toBe(0xffffffff);
  });

  test("a body that breaks off anywhere gives what stood before", () => {
    const whole = bytes(record(1, "a"), record(2, "b"));
    const first = record(1, "a").length;
    for (let length = 0; length < whole.byteLength; length++) {
      const { pictures } = readPictures(whole.slice(0, length));
      expect(pictures).toHaveLength(length >= first ? 1 : 0);
    }
  });

  test("lies about lengths end the reading, not the page", () => {
    const lie = record(2, "b");
    lie.splice(7, 4, 255, 255, 255, 255);
    expect(readPictures(bytes(record(1, "a"), lie)).pictures.map(({ person }) => person)).toEqual(["a"]);
  });

  test("what is no picture, of no stream or of nobody is left out, and the rest is read", () => {
    const odd = [
      record(1, "gif", [0x47, 0x49, 0x46, 0x38, 0x39]),
      record(2, "stream", JPEG, 9),
      record(3, ""),
      record(4, "none", []),
      record(5, "good"),
    ];
    const broken = record(6, "xx");
    broken[6] = 0xc3; // not UTF-8 with what follows
    const { pictures, last } = readPictures(bytes(...odd, broken));
    expect(pictures.map(({ person }) => person)).toEqual(["good"]);
    expect(last).toBe(5);
  });

  test("any bytes are survived", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1103515245 + 12345) >>> 0) >>> 16;
    for (let round = 0; round < 300; round++) {
      const body = new Uint8Array(random() % 200).map(() => random() & 255);
      expect(readPictures(body.buffer).pictures.length).toBeLessThan(20);
    }
  });
});

describe("the order", () => {
  const three = [student("a"), student("b", { weight: 5, standing: ["absent"] }), student("c")];
  const known = new Map(three.map(one => [one.person, one]));

  test("heavier first, then names", () => {
    expect(wanted(three, "all", "")).toEqual(["b", "a", "c"]);
  });

  test("nothing moves while the wall is held; who needs a look further back is counted", () => {
    const held = arrange(["a", "b", "c"], ["b", "a", "c"], known, true);
    expect(held).toEqual({ order: ["a", "b", "c"], moved: 1 });
    expect(arrange(["a", "b", "c"], ["b", "a", "c"], known, false)).toEqual({
      order: ["b", "a", "c"],
      moved: 0,
    });
  });

  test("held, who is new comes last and who is gone leaves", () => {
    expect(arrange(["x", "a"], ["c", "a"], known, true).order).toEqual(["a", "c"]);
  });

  test("held, who no longer passes the filter keeps the place", () => {
    expect(arrange(["b", "a"], ["b"], known, true).order).toEqual(["b", "a"]);
  });

  test("arrows walk in the grid and stop at its edges", () => {
    expect(step("ArrowDown", 1, 10, 4)).toBe(5);
    expect(step("ArrowDown", 8, 10, 4)).toBeUndefined();
    expect(step("ArrowUp", 1, 10, 4)).toBeUndefined();
    expect(step("End", 1, 10, 4)).toBe(9);
    expect(step("a", 1, 10, 4)).toBeUndefined();
  });
});

describe("the feed", () => {
  const view = (students: Student[]): WallView =>
    ({
      now: "2026-11-28T08:00:00Z",
      exam: {},
      proctors: [],
      on_duty: true,
      health: {},
      students,
    }) as unknown as WallView;

  test("a card under the pointer stays; letting go puts everybody in place", () => {
    const feed = new Feed("x");
    feed.take(view([student("a"), student("b")]));
    expect(feed.shown.value).toEqual(["a", "b"]);
    feed.hold(true);
    feed.take(view([student("a"), student("b", { weight: 4, standing: ["phone"] })]));
    expect(feed.shown.value).toEqual(["a", "b"]);
    expect(feed.moved.value).toBe(1);
    feed.hold(false);
    expect(feed.shown.value).toEqual(["b", "a"]);
    expect(feed.moved.value).toBe(0);
  });

  test("only the student who changed is told", () => {
    const feed = new Feed("x");
    feed.take(view([student("a"), student("b")]));
    const a = feed.student("a")?.value;
    feed.take(view([student("a"), student("b", { answered: 2 })]));
    expect(feed.student("a")?.value).toBe(a);
    expect(feed.student("b")?.value.answered).toBe(2);
  });

  test("who left the exam leaves the wall", () => {
    const feed = new Feed("x");
    feed.take(view([student("a"), student("b")]));
    feed.hold(true);
    feed.take(view([student("b")]));
    expect(feed.shown.value).toEqual(["b"]);
  });
});

describe("filters", () => {
  test("each finds its own", () => {
    const all = [
      student("a", { standing: ["absent"] }),
      student("b", { state: "waiting" }),
      student("c", { help: true }),
      student("d", { link: "lost" }),
      student("e", { state: "submitted", here: false }),
      student("f", { flags: [{ n: 1, kind: "voice", begin: "", end: "", seen: true }] }),
    ];
    expect(countsOf(all)).toEqual({ all: 6, look: 2, waiting: 1, help: 1, lost: 1, mine: 0 });
  });

  test("what could not be analysed is nothing to look at", () => {
    expect(countsOf([student("a", { unjudged: { webcam: 900, screen: 900 } })]).look).toBe(0);
  });

  test("words of the name and the group in any order", () => {
    const one = student("a", { name: "Бекова Өмүр" });
    expect(passes(one, "all", "өмүр бек")).toBe(true);
    expect(passes(one, "all", "it-21")).toBe(true);
    expect(passes(one, "all", "асан")).toBe(false);
  });
});

describe("words", () => {
  test("of time", () => {
    expect(minutesLeft("2026-11-28T08:10:01Z", Date.parse("2026-11-28T08:00:00Z"))).toBe(11);
    expect(minutesLeft("2026-11-28T07:00:00Z", Date.parse("2026-11-28T08:00:00Z"))).toBe(0);
    expect(lasted(59.4)).toBe("59 s");
    expect(lasted(125)).toBe("2 min 05 s");
  });

  test("of likeness: what cannot be judged is said so", () => {
    expect(likeness(null).words).toBe("Could not be compared");
    expect(likeness(0.7).tone).toBe("good");
    expect(likeness(0.1).tone).toBe("warn");
  });

  test("of the way in: every doubt, and none where all is good", () => {
    const photo = { at: "", problem: "" as const, score: 0.8 };
    const good = { ...student("a").steps, face: photo, document: photo };
    expect(doubts(good, true)).toEqual([]);
    expect(doubts({ ...good, document: null }, false)).toEqual([]);
    expect(doubts({ ...good, document: null }, true)).toEqual(["Document: no photo yet"]);
    expect(doubts({ ...good, face: { ...photo, problem: "dark", score: null } }, true)).toEqual([
      "Face now: dark",
    ]);
    expect(doubts({ ...good, biometrics: "no" }, true)).toHaveLength(1);
  });

  test("of the analysis", () => {
    const models = { faces: "yunet", things: "", identity: "dlib" };
    expect(healthWords({ up: false, rate: 0, stretch: 1, models })).toHaveLength(1);
    const words = healthWords({ up: true, rate: 96.4, stretch: 2, models }).join("; ");
    expect(words).toContain("96 pictures");
    expect(words).toContain("2.0 times less often");
    expect(words).toContain("not recognised: things");
  });

  test("of the recording, only where something is wrong", () => {
    expect(recordingWords("")).toBe("");
    expect(recordingWords("recording.full")).toContain("disk is full");
    expect(recordingWords("recording.new_thing")).toContain("seems to have stopped");
  });

  test("the log has everything, the newest first", () => {
    const entries = entriesOf({
      events: [{ at: "2026-01-01T00:00:02Z", kind: "paste", detail: "40" }],
      breaks: [{ begin: "2026-01-01T00:00:03Z", end: "2026-01-01T00:05:03Z", what: "break" }],
      gaps: [{ begin: "2026-01-01T00:00:04Z", end: null, what: "webcam unfit" }],
      log: [{ at: "2026-01-01T00:00:01Z", what: "new_thing", who: "P", reason: "r" }],
    });
    expect(entries.map(({ words }) => words)).toEqual([
      "Could not be analysed",
      "Break",
      "Text pasted",
      "new_thing",
    ]);
  });
});

test("keys are taken by their place", () => {
  const key = { code: "KeyN", key: "т", ctrlKey: false, metaKey: false, altKey: false, repeat: false };
  expect(commandOf(key)).toBe("look");
  expect(commandOf({ ...key, ctrlKey: true })).toBeNull();
  expect(commandOf({ ...key, code: "", key: "?" })).toBe("help");
});
