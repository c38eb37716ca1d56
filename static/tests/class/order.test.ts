/** How the class is run: the server's news, and who meets whom. */
import { describe, expect, it } from "vitest";
import { meet, placesOf } from "../../src/class/order";
import { overBy } from "../../src/class/room";
import { ClassState } from "../../src/class/state";
import { NO_GROUPS, NO_ORDERS, type Groups } from "../../src/media/order";
import { readMessage } from "../../src/media/wire";

const GROUPS: Groups = {
  open: true,
  since: "",
  ends: "",
  groups: [
    { id: "g1", name: "A", people: ["a", "b"], visitors: ["t"] },
    { id: "g2", name: "B", people: ["c"], visitors: ["t"] },
  ],
};

function make() {
  const state = new ClassState();
  const hear = (message: object): void => {
    const read = readMessage(JSON.stringify(message));
    if (!read) throw new Error("the test says something unknown");
    state.apply(read);
  };
  const people = ["a", "b", "c", "d", "t"].map(id => ({ id, name: id.toUpperCase() }));
  hear({ type: "welcome", you: "a", state: "open", n: 5, people });
  const event = (n: number, kind: string, actor: string, data: object = {}): void =>
    hear({ type: "event", n, time: "2026-11-20T04:00:00.000Z", kind, actor, ...data });
  return { state, hear, event };
}

describe("groups", () => {
  it("meet within themselves, with their visitors, and in the main room", () => {
    expect(placesOf(GROUPS, "t")).toEqual(["g1", "g2"]);
    expect(placesOf(GROUPS, "d")).toEqual([]);
    expect(meet(GROUPS, "a", "b")).toBe(true);
    expect(meet(GROUPS, "a", "c")).toBe(false);
    expect(meet(GROUPS, "a", "t")).toBe(true);
    expect(meet(GROUPS, "a", "d")).toBe(false);
    expect(meet(GROUPS, "d", "e")).toBe(true);
    expect(meet(NO_GROUPS, "a", "c")).toBe(true);
  });

  it("show only whom one can hear", () => {
    const { state, hear } = make();
    expect(state.others.value.map(one => one.id)).toEqual(["b", "c", "d", "t"]);
    hear({ type: "groups", ...GROUPS });
    expect(state.others.value.map(one => one.id)).toEqual(["b", "t"]);
    expect(state.people.value.size).toBe(5);
  });

  it("name the lines that were said in them, also from before the welcome", () => {
    const { state, event } = make();
    event(1, "groups.opened", "t", { groups: [{ id: "g1", name: "A", people: [] }], ends: 0 });
    event(2, "chat.said", "b", { text: "x", key: "1", group: "g1" });
    event(3, "groups.told", "t", { text: "old", key: "2" });
    event(6, "groups.told", "t", { text: "new", key: "3" });
    expect(state.lines.value.map(line => line.group)).toEqual(["A", "*", "*"]);
    expect(state.order.told.value).toEqual({ n: 6, name: "T", text: "new" });
  });
});

describe("a mute", () => {
  it("counts once, by its event or by the news after coming back", () => {
    const { state, hear, event } = make();
    event(3, "class.muted", "t", { people: ["a"] });
    expect(state.order.mutes.value).toBe(0);
    event(6, "class.muted", "t", { people: ["a", "b"] });
    hear({ type: "moderation", muted: true });
    expect(state.order.mutes.value).toBe(1);
    event(9, "class.muted", "t", { people: ["b"] });
    expect(state.order.mutes.value).toBe(1);
    hear({ type: "moderation", muted: false });
    hear({ type: "welcome", you: "a", state: "open", n: 9, people: [] });
    expect(state.order.moderation.value).toEqual(NO_ORDERS);
    hear({ type: "moderation", muted: true });
    expect(state.order.mutes.value).toBe(2);
  });
});

it("what a rule or a mute forbids is off in the list at once", () => {
  const { state, hear, event } = make();
  const people = [
    { id: "a", name: "A", role: "student", mic: true, cam: true },
    { id: "h", name: "H", role: "student", cam: true },
    { id: "t", name: "T", role: "teacher", cam: true },
  ];
  hear({ type: "welcome", you: "t", state: "open", n: 9, people });
  hear({ type: "moderation", hosts: ["h"] });
  event(8, "class.ruled", "t", { cams: false });
  expect(state.people.value.get("a")?.cam).toBe(true);
  event(10, "class.ruled", "t", { cams: false, lobby: false });
  expect([...state.people.value.values()].map(one => one.cam)).toEqual([false, true, true]);
  event(11, "class.muted", "t", { people: ["a", "gone"] });
  expect(state.people.value.get("a")?.mic).toBe(false);
});

it("the last word has its own page", () => {
  expect(["class.removed", "class.locked", "lobby.refused", "seat.taken"].map(overBy)).toEqual([
    "out",
    "locked",
    "refused",
    "taken",
  ]);
});

it("the lobby is read whatever is missing", () => {
  expect(readMessage('{"type":"lobby","waiting":[{"id":"x"},3],"removed":null}')).toEqual({
    type: "lobby",
    lobby: { waiting: [{ id: "x", name: "x", role: "", since: "" }], removed: [] },
  });
});
