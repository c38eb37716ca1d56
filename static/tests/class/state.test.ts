/** What the class knows, folded from the server's words. */
import { describe, expect, it } from "vitest";
import { readMessage } from "../../src/media/wire";
import { ClassState } from "../../src/class/state";
import { overBy } from "../../src/class/room";

function make(n = 10) {
  const state = new ClassState();
  const hear = (message: unknown): void => {
    const read = readMessage(JSON.stringify(message));
    if (!read) throw new Error("the test says something unknown");
    state.apply(read);
  };
  hear({
    type: "welcome",
    you: "u1",
    state: "open",
    n,
    people: [
      { id: "u1", name: "Бекова Айбек", role: "student" },
      { id: "t", name: "Асанова Нурай", role: "teacher", cam: true },
    ],
    rights: { publish: ["mic"], chat: true },
  });
  const event = (number: number, kind: string, actor: string, data: object = {}): void =>
    hear({ type: "event", n: number, time: "2026-11-20T04:00:00.000Z", kind, actor, ...data });
  return { state, hear, event };
}

describe("the class", () => {
  it("begins with the welcome", () => {
    const { state } = make();
    expect(state.phase.value).toBe("open");
    expect([...state.people.value.keys()]).toEqual(["u1", "t"]);
    expect(state.others.value.map(person => person.id)).toEqual(["t"]);
  });

  it("does not let replayed events change the present, but learns names and chat from them", () => {
    const { state, event } = make(10);
    event(1, "session.opened", "t", { lesson: "l" });
    event(2, "person.joined", "gone", { name: "Кадыров Эмир", role: "student" });
    event(3, "chat.said", "gone", { text: "салам", key: "k" });
    event(4, "person.left", "gone", {});
    event(5, "person.left", "t", {});
    expect([...state.people.value.keys()]).toEqual(["u1", "t"]);
    expect(state.coming.value).toBeNull();
    expect(state.openedAt.value).toBe("2026-11-20T04:00:00.000Z");
    expect(state.lines.value).toEqual([
      {
        n: 3,
        time: "2026-11-20T04:00:00.000Z",
        person: "gone",
        name: "Кадыров Эмир",
        text: "салам",
        key: "k",
        role: "student",
        to: "",
        edited: false,
        removed: false,
      },
    ]);
  });

  it("follows people and what they switch on", () => {
    const { state, event } = make();
    event(11, "person.joined", "s2", { name: "Ли Анна", role: "student" });
    expect(state.coming.value).toEqual({ joined: true, name: "Ли Анна", n: 11 });
    event(12, "media.state", "s2", { mic: true, cam: true, screen: false });
    expect(state.people.value.get("s2")).toMatchObject({ mic: true, cam: true, screen: false });
    event(13, "person.left", "s2", { at: "t" });
    expect(state.people.value.has("s2")).toBe(false);
    expect(state.name("s2")).toBe("Ли Анна");
  });

  it("does not announce yourself, nor somebody who is known", () => {
    const { state, event } = make();
    event(11, "person.joined", "u1", { name: "Бекова Айбек", role: "student" });
    event(12, "person.joined", "t", { name: "Асанова Нурай", role: "teacher" });
    expect(state.coming.value).toBeNull();
  });

  it("takes passing news", () => {
    const { state, hear } = make();
    hear({ type: "speaking", people: ["t"] });
    expect(state.speaking.value.has("t")).toBe(true);
    hear({ type: "link", people: { t: "weak" } });
    hear({ type: "link", people: { u1: "lost" } });
    expect(state.links.value).toEqual({ t: "weak", u1: "lost" });
    hear({ type: "away", people: ["t"] });
    expect(state.people.value.get("t")?.away).toBe(true);
    hear({ type: "away", people: [] });
    expect(state.people.value.get("t")?.away).toBe(false);
    hear({ type: "rights", rights: { publish: [], chat: false } });
    expect(state.rights.value.publish).toEqual([]);
  });

  it("closes by an event of now, not by an old one", () => {
    const { state, event } = make(10);
    event(9, "session.closed", "t");
    expect(state.phase.value).toBe("open");
    event(11, "session.closed", "t");
    expect(state.phase.value).toBe("closed");
  });

  it("keeps a bounded chat", () => {
    const { state, event } = make(0);
    for (let n = 1; n <= 1100; n++) event(n, "chat.said", "t", { text: String(n), key: String(n) });
    expect(state.lines.value).toHaveLength(1000);
    expect(state.lines.value.at(-1)?.text).toBe("1100");
  });
});

describe("the last word", () => {
  it.each([
    ["session.closed", "ended"],
    ["seat.taken", "taken"],
    ["login.revoked", "revoked"],
    ["permission.denied", "removed"],
  ])("%s is %s", (code, over) => expect(overBy(code)).toBe(over));
});
