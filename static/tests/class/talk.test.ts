/** The fold of what is said, asked and voted; sentences for screen readers. */
import { beforeEach, describe, expect, it } from "vitest";
import { ClassState } from "../../src/class/state";
import { byNeed } from "../../src/class/talk/state";
import { handsSentence } from "../../src/class/talk/aloud";
import { readMessage } from "../../src/media/wire";

let state: ClassState;
let n: number;

function hear(message: Record<string, unknown>): void {
  const read = readMessage(JSON.stringify(message));
  if (!read) throw new Error("not read");
  state.apply(read);
}

function event(kind: string, actor: string, data: Record<string, unknown> = {}): number {
  n += 1;
  hear({ type: "event", n, time: "2026-11-20T04:00:00.000Z", kind, actor, ...data });
  return n;
}

function welcome(at: number, you = "me"): void {
  const person = { id: you, name: "Мен", role: "student" };
  hear({ type: "welcome", you, state: "open", n: at, people: [person], rights: { chat: true } });
}

beforeEach(() => {
  state = new ClassState();
  n = 0;
});

describe("hands", () => {
  it("keep their order, through a replay too", () => {
    welcome(3);
    for (const who of ["b", "a", "b"]) event("hand.raised", who);
    expect(state.talk.hands.value).toEqual(["b", "a"]);
    expect(state.talk.happened.value).toBeNull();
    event("hand.raised", "c");
    expect(state.talk.happened.value?.person).toBe("c");
    event("hand.lowered", "t", { people: ["a"] });
    event("person.left", "b", { at: "" });
    expect(state.talk.hands.value).toEqual(["c"]);
    event("session.closed", "t");
    expect(state.talk.hands.value).toEqual([]);
  });

  it("go down with the floor, which calls only whom it is given to", () => {
    welcome(1);
    event("floor.given", "t", { person: "me" });
    expect(state.talk.floor.value).toBe("me");
    expect(state.talk.called.value).toBe(0);
    event("hand.raised", "me");
    const called = event("floor.given", "t", { person: "me" });
    expect(state.talk.called.value).toBe(called);
    expect(state.talk.hands.value).toEqual([]);
    event("floor.ended", "me", { person: "me" });
    expect(state.talk.floor.value).toBe("");
  });
});

describe("lines", () => {
  it("are changed and removed, and stay removed", () => {
    welcome(0);
    const line = event("chat.said", "a", { text: "биринчи", key: "k", to: "me" });
    event("chat.edited", "a", { line, text: "экинчи", to: "me" });
    expect(state.lines.value[0]).toMatchObject({ text: "экинчи", edited: true, to: "me" });
    event("chat.removed", "a", { line, to: "me" });
    event("chat.edited", "a", { line, text: "" });
    expect(state.lines.value[0]).toMatchObject({ text: "", removed: true });
  });
});

describe("questions", () => {
  it("stand by need and fold their votes and answers", () => {
    welcome(0);
    const first = event("question.asked", "a", { text: "1?" });
    const second = event("question.asked", "b", { text: "2?" });
    const gone = event("question.asked", "b", { text: "", removed: true });
    event("question.upvoted", "me", { question: second });
    event("question.upvoted", "me", { question: second });
    event("question.removed", "b", { question: gone });
    expect(byNeed(state.talk.questions.value.values()).map(one => one.n)).toEqual([second, first]);
    expect(state.talk.questions.value.get(second)?.votes.size).toBe(1);
    event("question.answered", "t", { question: second, text: "ооба" });
    expect(state.talk.open.value.map(one => one.n)).toEqual([first]);
    expect(state.talk.questions.value.get(second)?.answer).toBe("ооба");
  });
});

describe("polls", () => {
  const opened = { question: "?", answers: "single", options: ["x", "y"], anonymous: false, live: false };

  it("know the own vote, the votes one may see, and the counts of now", () => {
    welcome(0);
    const poll = event("poll.opened", "t", opened);
    expect(state.talk.unvoted.value.length).toBe(1);
    event("poll.voted", "a", { poll, anonymous: false, choices: [1], text: "" });
    expect(state.talk.unvoted.value.length).toBe(1);
    event("poll.voted", "me", { poll, anonymous: false, choices: [0], text: "" });
    expect(state.talk.unvoted.value.length).toBe(0);
    hear({ type: "polls", polls: [{ poll, votes: 2, counts: [1, 1], texts: [], withheld: false }] });
    expect(state.talk.polls.value.get(poll)?.counts?.counts).toEqual([1, 1]);
    expect(state.talk.polls.value.get(poll)?.votes.get("a")?.choices).toEqual([1]);
    event("poll.closed", "t", { poll });
    event("poll.results", "t", { poll, votes: 2, counts: [1, 1], texts: [], withheld: false, shared: true });
    expect(state.talk.polls.value.get(poll)).toMatchObject({ closed: true, shared: true, voted: true });
  });

  it("survive nonsense", () => {
    welcome(0);
    event("poll.voted", "a", { poll: 99 });
    event("poll.results", "a", { poll: "x", counts: "no" });
    hear({ type: "polls", polls: [{}, 1, null] });
    hear({ type: "reactions", counts: { clap: "many", heart: 2 } });
    expect(state.talk.polls.value.size).toBe(0);
    expect(state.talk.reactions.value).toEqual({ clap: 0, heart: 2 });
  });
});

describe("hands aloud", () => {
  it("are one sentence however many", () => {
    expect(handsSentence([])).toBe("");
    expect(handsSentence(["А", "Б"])).toBe(handsSentence(["В", "Г"]));
  });
});
