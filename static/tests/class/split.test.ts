/** Dividing people into groups. */
import { describe, expect, it } from "vitest";
import type { Person } from "../../src/media/wire";
import { atRandom, byHand, byList, divided } from "../../src/class/groups/split";

const name = (number: number): string => `Group ${number}`;

function person(id: string, called: string): Person {
  return {
    id,
    name: called,
    role: "student",
    mic: false,
    cam: false,
    screen: false,
    hand: false,
    away: false,
  };
}

const people = [
  person("1", "Асанова Нурай"),
  person("2", "Бекова Айбек"),
  person("3", "Семёнов Пётр"),
  person("4", "Асанов Эмир"),
];

it("divides who learns, not who teaches or came to look on", () => {
  const roles = ["student", "guest", "teacher", "observer", "dispatcher", "curator"];
  expect(roles.filter(role => divided({ role }))).toEqual(["student", "guest"]);
});

describe("at random", () => {
  it("puts everybody into one group, of nearly equal size", () => {
    const ids = Array.from({ length: 31 }, (_, index) => `p${index}`);
    const drafts = atRandom(ids, 4, name, Math.random);
    expect(drafts.flatMap(draft => draft.people).sort()).toEqual([...ids].sort());
    const sizes = drafts.map(draft => draft.people.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(drafts[3]?.name).toBe("Group 4");
  });

  it("is decided by chance", () => {
    const none = atRandom(["a", "b", "c", "d"], 2, name, () => 0);
    const most = atRandom(["a", "b", "c", "d"], 2, name, () => 0.999);
    expect(none).not.toEqual(most);
    expect(atRandom([], 2, name, Math.random).map(draft => draft.people)).toEqual([[], []]);
  });
});

describe("by list", () => {
  it("reads a group a line", () => {
    const { drafts, unknown } = byList(
      "Механика: Асанова Нурай; бекова\nАсанов Эмир, Семенов Петр",
      people,
      name,
    );
    expect(drafts).toEqual([
      { name: "Механика", people: ["1", "2"] },
      { name: "Group 2", people: ["4", "3"] },
    ]);
    expect(unknown).toEqual([]);
  });

  it("reads a column with empty lines between the groups", () => {
    const { drafts } = byList("Асанова Нурай\nБекова Айбек\n\nСемёнов Пётр\r\n", people, name);
    expect(drafts.map(draft => draft.people)).toEqual([["1", "2"], ["3"]]);
  });

  it("says whom it does not know or cannot tell apart, and places nobody twice", () => {
    const { drafts, unknown } = byList("A: Асан, Нурай, Нурай, Никто\nB: Нурай", people, name);
    expect(drafts).toEqual([
      { name: "A", people: ["1"] },
      { name: "B", people: [] },
    ]);
    expect(unknown).toEqual(["Асан", "Никто"]);
  });
});

it("by hand leaves the others in the main room", () => {
  const places = new Map([
    ["1", 1],
    ["2", 1],
    ["3", 7],
  ]);
  expect(byHand(2, places, name)).toEqual([
    { name: "Group 1", people: [] },
    { name: "Group 2", people: ["1", "2"] },
  ]);
});
