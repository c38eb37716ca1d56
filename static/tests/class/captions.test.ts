/** Captions in the page: what is shown for how long, who writes, what is remembered; and the timed text. */
import { describe, expect, it } from "vitest";
import { Captions, STANDS } from "../../src/class/captions/captions";
import type { ServerMessage } from "../../src/media/wire";
import { cueAt, readVtt } from "../../src/pages/recording/vtt";

function event(kind: string, n: number, data: Record<string, unknown>): ServerMessage {
  return { type: "event", n, time: "", kind, actor: "t", data } as ServerMessage;
}

const welcome = (n: number) => ({ type: "welcome", n }) as ServerMessage;

function drawer(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
  };
}

describe("the lines", () => {
  it("are the newest two, for some seconds; history is not shown again", () => {
    const captions = new Captions(null);
    captions.hear(welcome(5));
    captions.hear(event("caption.said", 4, { text: "old" }), 0);
    expect(captions.used.value).toBe(true);
    expect(captions.lines.value).toEqual([]);
    for (const n of [6, 7, 8]) captions.hear(event("caption.said", n, { text: `${n}` }), n);
    expect(captions.lines.value.map(line => line.text)).toEqual(["7", "8"]);
    captions.sweep(7 + STANDS);
    expect(captions.lines.value.map(line => line.text)).toEqual(["8"]);
  });

  it("know who writes, until the class ends", () => {
    const captions = new Captions(null);
    captions.hear(event("caption.lent", 1, { person: "a", on: true }));
    captions.hear(event("caption.lent", 2, { person: "b", on: true }));
    captions.hear(event("caption.lent", 3, { person: "a", on: false }));
    expect([...captions.writers.value]).toEqual(["b"]);
    captions.hear(event("session.closed", 4, {}));
    expect(captions.writers.value.size).toBe(0);
  });
});

describe("the choice", () => {
  it("is remembered, and nonsense in the drawer is none", () => {
    const place = drawer();
    new Captions(place).choose({ on: false, size: "large" });
    expect(new Captions(place).choice.value).toEqual({ on: false, size: "large" });
    for (const kept of ["null", "{", '{"size":"huge","on":3}']) {
      expect(new Captions(drawer({ "sabak.captions": kept })).choice.value).toEqual({
        on: true,
        size: "medium",
      });
    }
  });
});

describe("timed text", () => {
  it("is read back as the server writes it", () => {
    const cues = readVtt(
      "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\nA &lt; B &amp;amp; C\n\n01:00:00.000 --> 01:00:02.000\nx\n",
    );
    expect(cues).toEqual([
      { begins: 1500, ends: 3000, text: "A < B &amp; C" },
      { begins: 3_600_000, ends: 3_602_000, text: "x" },
    ]);
    expect(cueAt(cues, 1499)).toBeNull();
    expect(cueAt(cues, 1500)?.text).toBe("A < B &amp; C");
    expect(cueAt(cues, 3000)).toBeNull();
    expect(readVtt("<html>")).toEqual([]);
    expect(readVtt("WEBVTT\n")).toEqual([]);
  });
});
