/** Nothing a student writes is lost, and nothing the browser reports: over a dead link and a reload. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import { AnswerBook, SEND_AFTER, type Save } from "../../src/exam/answers";
import { EventQueue } from "../../src/exam/events";
import { MemoryDrawer } from "../../src/exam/store";
import type { Answer, BrowserEvent } from "../../src/exam/types";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const answer = (wanted: Partial<Answer> = {}): Answer => ({
  text: "",
  choice: [],
  files: [],
  saved: null,
  n: 0,
  ...wanted,
});
const offline = () => Promise.reject(new ApiError(0, "net.offline", ""));

describe("an answer", () => {
  it("is on the disk at each key stroke and sent once the hand rests", async () => {
    const drawer = new MemoryDrawer();
    const save = vi.fn<Save>((_, { n }) => Promise.resolve({ n, saved: "2026-09-02T05:01:00Z" }));
    const book = new AnswerBook("p", drawer, save);
    book.load({}, ["q"]);
    book.write("q", { text: "F" });
    book.write("q", { text: "F = ma" });
    expect(drawer.getItem("p.q")).toContain("F = ma");
    expect(book.of("q").kept).toBe("here");
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(SEND_AFTER);
    expect(save.mock.calls).toEqual([["q", { text: "F = ma", choice: [], n: 2 }]]);
    expect(book.of("q")).toMatchObject({ kept: "saved", saved: "2026-09-02T05:01:00Z", base: 2 });
    expect(book.unsent).toBe(false);
  });

  it("is tried for ever over a lost link, the newest text", async () => {
    let up = false;
    const save = vi.fn<Save>((_, { n }) => (up ? Promise.resolve({ n, saved: "s" }) : offline()));
    const book = new AnswerBook("p", new MemoryDrawer(), save);
    book.load({}, ["q"]);
    book.write("q", { text: "one" });
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    expect(save.mock.calls.length).toBeGreaterThan(100);
    expect(book.of("q").kept).toBe("here");
    book.write("q", { text: "one, two" });
    up = true;
    await vi.advanceTimersByTimeAsync(SEND_AFTER);
    expect(save.mock.lastCall?.[1]).toMatchObject({ text: "one, two" });
    expect(book.of("q").kept).toBe("saved");
  });

  it("comes back after a power cut and is sent then", async () => {
    const drawer = new MemoryDrawer();
    const dead = new AnswerBook("p", drawer, offline);
    dead.load({ q: answer({ text: "old", n: 3 }) }, ["q"]);
    dead.write("q", { text: "old and new" });
    dead.stop();
    const save = vi.fn<Save>((_, { n }) => Promise.resolve({ n, saved: "s" }));
    const book = new AnswerBook("p", drawer, save);
    book.load({ q: answer({ text: "old", n: 3 }) }, ["q"]);
    expect(book.of("q").text).toBe("old and new");
    await vi.advanceTimersByTimeAsync(1);
    expect(save.mock.calls).toEqual([["q", { text: "old and new", choice: [], n: 4 }]]);
  });

  it("knows its own sending whose answer was lost", () => {
    const drawer = new MemoryDrawer();
    drawer.setItem(
      "p.q",
      JSON.stringify({ text: "mine", choice: [], n: 4, base: 3, tried: { text: "mine", choice: [] } }),
    );
    const book = new AnswerBook("p", drawer, offline);
    book.load({ q: answer({ text: "mine", n: 4, saved: "s" }) }, ["q"]);
    expect(book.of("q")).toMatchObject({ text: "mine", kept: "saved", saved: "s", other: "" });
  });

  it("of another computer is shown, and what was not sent here stands beside it", () => {
    const drawer = new MemoryDrawer();
    drawer.setItem("p.q", JSON.stringify({ text: "here", choice: [], n: 4, base: 3, tried: null }));
    const book = new AnswerBook("p", drawer, offline);
    book.load({ q: answer({ text: "there", n: 9, saved: "s" }) }, ["q"]);
    expect(book.of("q")).toMatchObject({ text: "there", n: 9, kept: "saved", other: "here" });
    book.write("q", { text: "there and more" });
    expect(book.of("q").n).toBe(10);
  });

  it("that the server calls older is sent again with a larger number", async () => {
    let held = 7;
    const save = vi.fn<Save>((_, { n }) => {
      if (n <= held) return Promise.reject(new ApiError(409, "exam.older", "", { n: held }));
      held = n;
      return Promise.resolve({ n, saved: "s" });
    });
    const book = new AnswerBook("p", new MemoryDrawer(), save);
    book.load({}, ["q"]);
    book.write("q", { text: "x" });
    await vi.advanceTimersByTimeAsync(SEND_AFTER + 10);
    expect(save.mock.calls.map(call => call[1].n)).toEqual([1, 8]);
    expect(book.of("q")).toMatchObject({ text: "x", kept: "saved" });
  });

  it("is not overwritten by a look at the server while it is written", async () => {
    const book = new AnswerBook("p", new MemoryDrawer(), offline);
    book.load({ q: answer({ text: "a", n: 1 }) }, ["q"]);
    book.write("q", { text: "ab" });
    await vi.advanceTimersByTimeAsync(SEND_AFTER + 10);
    book.load({ q: answer({ text: "a", n: 1 }) }, ["q"]);
    expect(book.of("q").text).toBe("ab");
  });
});

describe("what the browser reports", () => {
  it("is kept until the server has it, with its age", async () => {
    let up = false;
    const sent: BrowserEvent[][] = [];
    const send = (events: BrowserEvent[]) => {
      if (!up) return offline();
      sent.push(events);
      return Promise.resolve({ n: events.at(-1)?.n ?? 0 });
    };
    let now = 1_000;
    const queue = new EventQueue("e", "t", "life", new MemoryDrawer(), send, () => now);
    queue.add("focus_lost");
    queue.add("focus_back");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(queue.count).toBe(2);
    up = true;
    now = 61_000;
    await queue.flush();
    expect(sent).toEqual([
      [
        { n: 1, kind: "focus_lost", detail: "", ago: 60_000 },
        { n: 2, kind: "focus_back", detail: "", ago: 60_000 },
      ],
    ]);
    expect(queue.count).toBe(0);
  });

  it("outlives a reload, goes on counting and takes over what a dead tab left", async () => {
    const drawer = new MemoryDrawer();
    let wall = 5_000_000;
    const make = (tab: string, life: string, send: (events: BrowserEvent[]) => Promise<{ n: number }>) =>
      new EventQueue(
        "e",
        tab,
        life,
        drawer,
        send,
        () => 10,
        () => wall,
      );
    make("t", "one", offline).add("hidden");
    make("gone", "x", offline).add("unloaded");
    wall += 3_000;
    const send = vi.fn((events: BrowserEvent[]) => Promise.resolve({ n: events.at(-1)?.n ?? 0 }));
    const queue = make("t", "two", send);
    queue.add("shown");
    await queue.flush();
    const events = send.mock.calls.flatMap(call => call[0]);
    expect(events.map(event => event.n)).toEqual([1, 2, 3].slice(0, events.length));
    expect(events.map(event => event.kind).sort()).toEqual(["hidden", "shown", "unloaded"].sort());
    expect(events.find(event => event.kind === "hidden")?.ago).toBe(3_000);
    wall -= 24 * 3600_000;
    make("t", "three", send).add("shown");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(send.mock.lastCall?.[0][0]?.ago).toBeGreaterThanOrEqual(0);
  });
});
