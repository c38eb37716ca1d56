/** Slides in the page: the fold of events, the words on the wire, shapes, keys, and what survives. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { absolute, Board, readStroke, steps, type Stroke } from "../../src/class/slides/board";
import { ratioOf, readDeck } from "../../src/class/slides/deck";
import { slideCommand } from "../../src/class/slides/keys";
import { fit, line, outline, placeAt, worth } from "../../src/class/slides/shapes";
import { Slides } from "../../src/class/slides/slides";
import { RequestFailed } from "../../src/media/socket";
import { readMessage } from "../../src/media/wire";
import { Reel, type SlideMoment } from "../../src/pages/recording/reel";

const DRAWN = { shape: "pen", colour: "red", width: 40, text: "" };
const at = { deck: "d", page: 1 };

function drawn(stroke: string, points = [10, 10, 5, 5]) {
  return { ...at, stroke, ...DRAWN, points };
}

describe("the board", () => {
  it("stands as the events leave it", () => {
    const board = new Board();
    board.apply("slides.shown", "t", at);
    for (const id of ["a", "b", "c", "a"]) board.apply("slides.drawn", "t", drawn(id));
    board.apply("slides.undone", "t", { ...at, stroke: "b" });
    expect(board.shown).toEqual(at);
    expect(board.on(at).map(one => one.id)).toEqual(["a", "c"]);
    expect(board.on(at)[0]?.points).toEqual([10, 10, 15, 15]);
    board.apply("slides.cleared", "t", at);
    board.apply("slides.closed", "t", {});
    expect(board.on(at)).toEqual([]);
    expect(board.shown).toBeNull();
  });

  it("knows who may draw by leave, until the class ends", () => {
    const board = new Board();
    board.apply("slides.pens", "t", { person: "a", on: true });
    expect([...board.pens]).toEqual(["a"]);
    board.apply("slides.pens", "t", { person: "", on: true });
    board.apply("slides.pens", "t", { person: "b", on: false });
    expect([...board.pens]).toEqual([""]);
    board.apply("slides.pens", "t", { person: "b", on: true });
    board.apply("slides.pens", "t", { person: "", on: false });
    expect([...board.pens]).toEqual([]);
    board.apply("slides.pens", "t", { person: "", on: true });
    board.apply("session.closed", "t", {});
    expect([...board.pens]).toEqual([]);
  });

  it("passes over what it does not know how to draw", () => {
    for (const strange of [
      { shape: "spray" },
      { colour: "url(x)" },
      { width: "wide" },
      { points: [1, 2, 3] },
      { points: ["1", 2] },
    ]) {
      const stroke = readStroke({ ...drawn("s"), ...strange }, "t", true);
      expect(stroke?.points ?? []).toEqual([]);
    }
  });

  it("sends steps and reads them back", () => {
    const points = [100, 200, 90, 250, 91, 250, 10_000, 0];
    expect(steps(points)).toEqual([100, 200, -10, 50, 1, 0, 9909, -250]);
    expect(absolute(steps(points))).toEqual(points);
  });
});

describe("shapes", () => {
  it("draws a dot, a line and each form", () => {
    expect(line([5, 6])).toBe("M5 6h1");
    expect(line([0, 0, 10, 10, 20, 0])).toBe("M0 0Q10 10 15 5L20 0");
    expect(outline("rect", [1, 2, 30, 40], 20)).toBe("M1 2H30V40H1Z");
    expect(outline("arrow", [0, 0, 100, 0], 20)).toMatch(/^M0 0L100 0M/);
    expect(outline("ellipse", [30, 40, 10, 20], 20)).toContain("a10 10");
  });

  it("keeps places on the page", () => {
    const box = { left: 100, top: 50, width: 500, height: 250 };
    expect(placeAt(100, 50, box)).toEqual([0, 0]);
    expect(placeAt(350, 175, box)).toEqual([5000, 2500]);
    expect(placeAt(9999, -5, box)).toEqual([10_000, 0]);
    expect(worth([0, 0], 5, 5)).toBe(false);
    expect(worth([0, 0], 20, 5)).toBe(true);
    expect(fit(1000, 300, 0.5)).toEqual({ width: 600, height: 300 });
  });
});

describe("keys", () => {
  const key = (code: string, name: string, more: object = {}) => ({
    code,
    key: name,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...more,
  });
  it("turns pages for everybody and gives tools to whoever draws", () => {
    expect(slideCommand(key("PageDown", "PageDown"), false)).toBe("next");
    expect(slideCommand(key("Digit2", "2"), true)).toBe("pen");
    expect(slideCommand(key("Digit2", "2"), false)).toBeNull();
    expect(slideCommand(key("KeyZ", "я", { ctrlKey: true }), true)).toBe("undo");
    expect(slideCommand(key("ArrowLeft", "ArrowLeft", { altKey: true }), true)).toBeNull();
  });
});

describe("decks", () => {
  it("are read with care", () => {
    const deck = readDeck({ id: "d", state: "ready", sizes: [[1920, 1080], "x", [960, 1358]], pages: 2 });
    expect(deck?.sizes.length).toBe(2);
    expect(ratioOf(deck ?? undefined, 1)).toBeCloseTo(0.5625);
    expect(ratioOf(undefined, 1)).toBeCloseTo(0.5625);
    expect(readDeck({ id: "d", state: "strange" })).toBeNull();
  });
});

function store() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

const STROKE: Stroke = {
  id: "mine",
  person: "t",
  kind: "pen",
  colour: "blue",
  width: 40,
  points: [0, 0, 10, 10],
  text: "",
};

function hear(slides: Slides, message: object): void {
  const read = readMessage(JSON.stringify(message));
  if (read) slides.hear(read);
}

describe("a visit", () => {
  afterEach(() => vi.unstubAllGlobals());

  function make(answer: (type: string) => Promise<Record<string, unknown>>, drawer = store()) {
    vi.stubGlobal("fetch", () => Promise.reject(new Error("no server here")));
    const said: [string, Record<string, unknown>][] = [];
    const slides = new Slides(
      "lesson",
      {
        request: (type, body = {}) => {
          said.push([type, body]);
          return answer(type);
        },
      },
      drawer,
    );
    hear(slides, { type: "event", n: 1, time: "", kind: "slides.shown", actor: "t", ...at });
    return { slides, said, drawer };
  }

  it("draws at once, keeps what the link lost, and sends it after the next welcome", async () => {
    let up = false;
    const { slides, said, drawer } = make(() =>
      up ? Promise.resolve({ n: 2 }) : Promise.reject(new RequestFailed("link.down")),
    );
    slides.draw(at, STROKE);
    expect(slides.on(at).map(one => one.id)).toEqual(["mine"]);
    await Promise.resolve();
    // the page is loaded again meanwhile
    const again = make(() => Promise.resolve({ n: 2 }), drawer);
    expect(again.slides.on(at)).toEqual([STROKE]);
    up = true;
    hear(slides, { type: "welcome", you: "t", state: "open", n: 1, people: [], rights: {} });
    await vi.waitFor(() => expect(slides.unsent.value).toEqual([]));
    expect(said.filter(([type]) => type === "slides.draw")).toHaveLength(2);
    expect(said.at(-1)?.[1]).toMatchObject({ stroke: "mine", points: [0, 0, 10, 10], deck: "d", page: 1 });
  });

  it("takes back a stroke that is still on its way", async () => {
    let answer = (): void => undefined;
    const { slides, said } = make(
      type => new Promise(go => (type === "slides.draw" ? (answer = () => go({ n: 2 })) : go({}))),
    );
    slides.draw(at, STROKE);
    await slides.undo(at, "t");
    expect(slides.on(at)).toEqual([]);
    hear(slides, { type: "event", n: 2, time: "", kind: "slides.drawn", actor: "t", ...drawn("mine") });
    answer();
    await vi.waitFor(() => expect(said.at(-1)?.[0]).toBe("slides.undo"));
  });

  it("does not flicker back when an answer overtakes its event", async () => {
    const { slides } = make(() => Promise.resolve({ n: 2 }));
    void slides.show({ deck: "d", page: 2 });
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(slides.seen?.page).toBe(2);
    hear(slides, { type: "event", n: 2, time: "", kind: "slides.shown", actor: "t", deck: "d", page: 2 });
    expect([slides.wanted.value, slides.seen?.page]).toEqual([null, 2]);
  });

  it("adds up trails until the stroke is there", () => {
    const { slides } = make(() => Promise.resolve({}));
    const trail = (points: number[]) => ({ type: "slides.trail", person: "t", ...drawn("far", points) });
    hear(slides, trail([1, 1, 2, 2]));
    hear(slides, trail([3, 3]));
    expect(slides.trails.value.get("far")?.stroke.points).toEqual([1, 1, 2, 2, 3, 3]);
    hear(slides, { type: "event", n: 2, time: "", kind: "slides.drawn", actor: "t", ...drawn("far") });
    expect(slides.trails.value.size).toBe(0);
    hear(slides, trail([4, 4]));
    expect(slides.trails.value.size).toBe(0);
  });

  it("lets a student leaf and brings them back with a new deck", () => {
    const { slides } = make(() => Promise.resolve({}));
    slides.leaf({ deck: "d", page: 3 });
    expect(slides.seen).toEqual({ deck: "d", page: 3 });
    hear(slides, { type: "event", n: 2, time: "", kind: "slides.shown", actor: "t", deck: "d", page: 2 });
    expect(slides.seen).toEqual({ deck: "d", page: 3 });
    hear(slides, { type: "event", n: 3, time: "", kind: "slides.shown", actor: "t", deck: "e", page: 1 });
    expect(slides.seen).toEqual({ deck: "e", page: 1 });
  });
});

describe("the recording", () => {
  it("is the same at a time whichever way it was reached", () => {
    const moment = (n: number, ms: number, kind: string, data: object = at): SlideMoment => ({
      n,
      at: ms,
      kind,
      person: "t",
      data: { ...data },
    });
    const reel = new Reel();
    reel.add([moment(1, 100, "slides.shown"), moment(2, 200, "slides.drawn", drawn("a"))]);
    reel.add([moment(2, 200, "slides.drawn", drawn("a")), moment(3, 300, "slides.cleared")]);
    reel.add([moment(4, 400, "slides.closed", {})]);
    const counts = (times: number[]): number[] => times.map(time => reel.at(time).on(at).length);
    expect(counts([0, 100, 200, 300, 250, 150, 450])).toEqual([0, 0, 1, 0, 1, 0, 0]);
    expect(reel.at(150).shown).toEqual(at);
    expect(reel.since).toBe(100);
    expect(reel.at(450).shown).toBeNull();
  });
});
