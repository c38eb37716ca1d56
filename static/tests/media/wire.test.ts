/** The reader of the class WebSocket: what it knows becomes typed, what it does not know does no harm. */
import { describe, expect, it } from "vitest";
import { readMessage } from "../../src/media/wire";

const read = (value: unknown) => readMessage(JSON.stringify(value));

describe("readMessage", () => {
  it("reads a welcome, with neutral values for what is missing", () => {
    const welcome = read({
      type: "welcome",
      you: "u1",
      lesson: { id: "l", title: "Физика", discipline: "Физика" },
      state: "open",
      n: 7,
      people: [{ id: "u1", name: "Асанова Нурай", role: "teacher", mic: true }, { name: "no id" }, 5],
      rights: { publish: ["mic", "laser"], chat: true },
      epoch: "e",
      ice_servers: [{ urls: ["turn:t.example"], username: "u", credential: "c" }, { urls: "javascript:x" }],
    });
    expect(welcome).toMatchObject({
      type: "welcome",
      you: "u1",
      state: "open",
      n: 7,
      rights: { publish: ["mic"], chat: true, open: false, close: false, slides: false },
      iceServers: [{ urls: ["turn:t.example"], username: "u", credential: "c" }],
    });
    const people = welcome?.type === "welcome" ? welcome.people : [];
    expect(people).toEqual([
      {
        id: "u1",
        name: "Асанова Нурай",
        role: "teacher",
        mic: true,
        cam: false,
        screen: false,
        hand: false,
        away: false,
      },
    ]);
  });

  it("keeps the fields of an event beside its number", () => {
    expect(
      read({ type: "event", n: 4, time: "t", kind: "chat.said", actor: "u", text: "салам", key: "k" }),
    ).toEqual({
      type: "event",
      n: 4,
      time: "t",
      kind: "chat.said",
      actor: "u",
      data: { text: "салам", key: "k" },
    });
  });

  it("reads an error with the seconds to wait", () => {
    const error = read({
      type: "error",
      id: "3",
      code: "rate.limited",
      message: "m",
      details: { retry_after: 2 },
    });
    expect(error).toEqual({ type: "error", id: "3", code: "rate.limited", message: "m", retryAfter: 2 });
  });

  it("takes RTP times as unsigned 32-bit numbers", () => {
    const assigned = read({
      type: "assigned",
      slot: "stage",
      person: "u",
      source: "cam",
      generation: 2,
      first_rtp_time: 4294967295,
    });
    expect(assigned).toMatchObject({ firstRtpTime: 4294967295 });
  });

  it.each([
    "",
    "null",
    "[]",
    "7",
    "{",
    '{"type":"new.thing"}',
    '{"type":"assigned","source":"cam"}',
    '{"type":"assigned","slot":"s","source":"x"}',
  ])("answers null for %s", frame => expect(readMessage(frame)).toBeNull());

  it("never throws, whatever the fields hold", () => {
    const odd = [null, 1, "x", [], {}, true, [null], { id: {} }];
    for (const type of [
      "ok",
      "error",
      "welcome",
      "event",
      "assigned",
      "speaking",
      "link",
      "away",
      "rights",
      "bye",
    ]) {
      for (const value of odd) {
        const message = {
          type,
          id: value,
          n: value,
          people: value,
          rights: value,
          lesson: value,
          details: value,
          slot: value,
        };
        expect(() => read(message)).not.toThrow();
      }
    }
  });
});
