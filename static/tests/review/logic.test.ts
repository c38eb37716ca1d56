/** The desk's keys, the time that is counted, the order of items, what is at hand, the way of a case. */
import { expect, test, vi } from "vitest";
import { clipAt, type Deck } from "../../src/pages/review/deck";
import { commandOf, KEYS, sends } from "../../src/pages/review/keys";
import { neighbour, nextWaiting } from "../../src/pages/review/order";
import { Shelf } from "../../src/pages/review/shelf";
import { stepsOf } from "../../src/pages/review/steps";
import { Stopwatch } from "../../src/pages/review/stopwatch";
import type { CaseView, Clip, ItemCard, ItemView } from "../../src/pages/review/types";
import { moment } from "../../src/pages/review/words";

const key = (code: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({
    code,
    key: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    ...more,
  }) as KeyboardEvent;

test("keys go by their place on the board, whatever the layout", () => {
  expect(commandOf(key("Space", { key: " " }))).toBe("play");
  expect(commandOf(key("KeyR", { key: "к" }))).toBe("recuse");
  expect(commandOf(key("Digit1", { key: "1" }))).toBe("nothing");
  expect(commandOf(key("Numpad2", { key: "2" }))).toBe("noted");
  expect(commandOf(key("Slash", { key: "?", shiftKey: true }))).toBe("help");
  expect(commandOf(key("KeyX"))).toBeNull();
  expect(KEYS.map(([command]) => command)).toContain("send");
});

test("shortcuts of the browser stay the browser's", () => {
  for (const held of ["ctrlKey", "metaKey", "altKey", "shiftKey"] as const) {
    expect(commandOf(key("KeyR", { [held]: true }))).toBeNull();
  }
});

test("a held key moves in time but never gives a verdict", () => {
  expect(commandOf(key("ArrowRight", { repeat: true }))).toBe("forth");
  expect(commandOf(key("Digit1", { repeat: true }))).toBeNull();
  expect(commandOf(key("ArrowDown", { repeat: true }))).toBeNull();
});

test("a note goes with Ctrl and Enter, not with Enter alone", () => {
  expect(sends({ key: "Enter", ctrlKey: true, metaKey: false })).toBe(true);
  expect(sends({ key: "Enter", ctrlKey: false, metaKey: true })).toBe(true);
  expect(sends({ key: "Enter", ctrlKey: false, metaKey: false })).toBe(false);
});

test("only time with the page in front is counted, and each item by itself", () => {
  let now = 0;
  const watch = new Stopwatch(() => now);
  watch.restart(true);
  now = 4_000;
  watch.front(false);
  now = 60_000;
  expect(watch.seconds).toBe(4);
  watch.front(true);
  watch.front(true);
  now = 63_000;
  expect(watch.seconds).toBe(7);
  watch.restart(false);
  now = 90_000;
  expect(watch.seconds).toBe(0);
  watch.restart(true);
  now += 9_000_000;
  expect(watch.seconds).toBe(7200);
});

const card = (name: string, waits: boolean): ItemCard => ({
  key: name,
  number: 1,
  kinds: [],
  seconds: 1,
  state: "open",
  mine: "",
  waits,
});
const QUEUE = [card("a", true), card("b", false), card("c", true)];

test("the neighbours of an item, and the next that waits, round the end", () => {
  expect(neighbour(QUEUE, "a", 1)?.key).toBe("b");
  expect(neighbour(QUEUE, "a", -1)).toBeUndefined();
  expect(neighbour(QUEUE, "", 1)?.key).toBe("a");
  expect(nextWaiting(QUEUE, "a")?.key).toBe("c");
  expect(nextWaiting(QUEUE, "c")?.key).toBe("a");
  expect(nextWaiting([card("a", true)], "a")).toBeUndefined();
  expect(nextWaiting(QUEUE, "")?.key).toBe("a");
});

const clip = (source: Clip["source"], offset_ms: number, length_ms: number): Clip => ({
  source,
  url: "",
  offset_ms,
  length_ms,
  width: 0,
  height: 0,
  sha256: "",
});

test("the clip of a moment: the newer of two, and the last picture stays a little", () => {
  const clips = [clip("cam", -4_000, 10_000), clip("cam", 6_500, 5_000), clip("screen", 0, 3_000)];
  expect(clipAt(clips, "cam", 0)).toBe(clips[0]);
  expect(clipAt(clips, "cam", 6_200)).toBe(clips[0]);
  expect(clipAt(clips, "cam", 6_600)).toBe(clips[1]);
  expect(clipAt(clips, "screen", 3_500)).toBe(clips[2]);
  expect(clipAt(clips, "screen", 5_000)).toBeUndefined();
  expect(clipAt(clips, "mic", 0)).toBeUndefined();
});

test("an item is read once, and given back when it is no longer near", async () => {
  const close = vi.fn();
  const read = vi.fn((name: string) => Promise.resolve({ key: name } as ItemView));
  const shelf = new Shelf(read, () => ({ close }) as unknown as Deck);
  const [one, again] = [await shelf.get("a"), await shelf.get("a")];
  expect(one).toBe(again);
  expect(read).toHaveBeenCalledTimes(1);
  await shelf.get("b");
  shelf.keep(["b", undefined]);
  await Promise.resolve();
  expect(close).toHaveBeenCalledTimes(1);
  expect([shelf.has("a"), shelf.has("b")]).toEqual([false, true]);
});

test("an item that could not be read is asked for again", async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error("gone")).mockResolvedValue({ key: "a" });
  const shelf = new Shelf(read, () => ({}) as Deck);
  await expect(shelf.get("a")).rejects.toThrow("gone");
  await Promise.resolve();
  expect((await shelf.get("a")).view.key).toBe("a");
});

const CASE: Parameters<typeof stepsOf>[0] = {
  state: "open",
  statement: null,
  finding: null,
  signatures: [],
  quorum: 2,
  measure: null,
  appeal: null,
};
const finding = (what: "none" | "violation") => ({ finding: what, note: "x", at: "", name: "" });
const two = [1, 2].map(n => ({ person: `${n}`, name: "", part: "chair" as const, at: "" }));
const standings = (more: Partial<CaseView>): string =>
  stepsOf({ ...CASE, ...more })
    .map(step => step.standing)
    .join(" ");

test("the way of a case, state by state", () => {
  const said = { text: "x", at: "" };
  expect(standings({})).toBe("now later later later later later later");
  expect(standings({ state: "clean" })).toBe("done none none none none none none");
  expect(standings({ state: "late" })).toBe("done none none none none none none");
  expect(standings({ state: "to_notify" })).toBe("done now later later later later later");
  expect(standings({ state: "notice" })).toBe("done done now later later later later");
  expect(standings({ state: "heard" })).toBe("done done none now later later later");
  const found = { finding: finding("violation"), statement: said };
  expect(standings({ state: "heard", ...found, signatures: two.slice(1) })).toBe(
    "done done done done now later later",
  );
  expect(standings({ state: "found", ...found, signatures: two })).toBe("done done done done done now now");
  const appeal = { ...said, decided: null };
  expect(standings({ state: "appealed", ...found, signatures: two, appeal })).toBe(
    "done done done done done none now",
  );
  const nothing = { finding: finding("none"), signatures: two };
  expect(standings({ state: "closed", ...nothing })).toBe("done done none done done none none");
});

test("moments of a window", () => {
  expect([moment(0), moment(7_900), moment(92_000), moment(-5)]).toEqual(["0:00", "0:07", "1:32", "0:00"]);
});
