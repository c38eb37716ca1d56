/** The small pure parts of the class page: layout, links in chat, batches, keys. */
import { describe, expect, it } from "vitest";
import { batch } from "../../src/class/announce";
import { elapsed, grid, inOrder, pages, strip } from "../../src/class/layout";
import { linkify } from "../../src/class/linkify";
import { commandOf, isTyping } from "../../src/class/shortcuts";
import type { Person } from "../../src/media/wire";

const person = (id: string, name: string, role = "student"): Person => ({
  id,
  name,
  role,
  mic: false,
  cam: false,
  screen: false,
  hand: false,
  away: false,
});

describe("layout", () => {
  it("never draws wider than the room", () => {
    for (let width = 200; width < 2000; width += 37) {
      for (const height of [60, 90, 112, 148]) {
        const fit = strip(width, height, 11);
        expect(fit.columns).toBeGreaterThan(0);
        if (fit.columns > 1) expect(fit.columns * (fit.width + 8) - 8).toBeLessThanOrEqual(width);
        const cells = grid(width, height * 4, 6);
        expect(cells.columns * (cells.width + 8) - 8).toBeLessThanOrEqual(width);
      }
    }
    expect(grid(344, 400, 6)).toMatchObject({ columns: 2, rows: 3 });
  });
  it("counts pages", () =>
    expect([pages(0, 4), pages(4, 4), pages(5, 4), pages(3, 0)]).toEqual([1, 1, 2, 3]));
  it("tells time", () =>
    expect([elapsed(-5), elapsed(249_000), elapsed(3_849_000)]).toEqual(["00:00", "04:09", "1:04:09"]));
  it("lists you, the teacher, then by name with Kyrgyz letters in their place", () => {
    const people = [
      person("1", "Ысманова А"),
      person("2", "Өмүров Б"),
      person("3", "Орозов В"),
      person("t", "Яковлева", "teacher"),
      person("u", "Эсенов"),
    ];
    expect(inOrder(people, "u", "ky").map(one => one.id)).toEqual(["u", "t", "3", "2", "1"]);
  });
});

describe("linkify", () => {
  const links = (text: string) =>
    linkify(text)
      .filter(piece => piece.href)
      .map(piece => piece.text);

  it("finds addresses and leaves the sentence around them", () => {
    expect(linkify("бул https://a.kg/x?y=1, көр")).toEqual([
      { text: "бул ", href: "" },
      { text: "https://a.kg/x?y=1", href: "https://a.kg/x?y=1" },
      { text: ", көр", href: "" },
    ]);
    expect(links("(https://a.kg/b)")).toEqual(["https://a.kg/b"]);
    expect(links("https://a.kg/b_(c).")).toEqual(["https://a.kg/b_(c)"]);
  });
  it("makes no link of anything else", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "http:///",
      "https://user@evil.kg/",
      "ftp://a.kg",
      "https://",
    ]) {
      expect(links(text)).toEqual([]);
    }
  });
  it("loses no character", () => {
    for (const text of [
      "",
      "a",
      "https://a.kg",
      "x https://a.kg y https://b.kg!",
      "https://u@e.kg z https://a.kg.",
      "<b>https://a.kg</b>",
    ]) {
      expect(
        linkify(text)
          .map(piece => piece.text)
          .join(""),
      ).toBe(text);
    }
  });
});

describe("comings and goings", () => {
  it("cancel out within a batch", () => {
    const coming = (joined: boolean, name: string, n: number) => ({ joined, name, n });
    expect(
      batch([
        coming(true, "a", 1),
        coming(true, "b", 2),
        coming(false, "a", 3),
        coming(false, "c", 4),
        coming(true, "c", 5),
      ]),
    ).toEqual({
      joined: ["b"],
      left: [],
    });
  });
});

describe("keys", () => {
  const key = (code: string, over: Partial<KeyboardEvent> = {}) => ({
    code,
    key: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...over,
  });
  it("are taken by place, so that they work on a Cyrillic layout", () => {
    expect(commandOf(key("KeyM", { key: "ь" }), true)).toBe("mic");
    expect(commandOf(key("BracketRight", { key: "ъ" }), true)).toBe("next");
    expect(commandOf(key("Digit7", { key: "?" }), true)).toBe("help");
  });
  it("leave the browser's own alone and can be switched off", () => {
    expect(commandOf(key("KeyC", { ctrlKey: true }), true)).toBeNull();
    expect(commandOf(key("KeyM"), false)).toBeNull();
    expect(commandOf(key("Escape", { key: "Escape" }), false)).toBe("close");
  });
  it("are text in fields", () => {
    const field = document.createElement("textarea");
    expect(isTyping(field)).toBe(true);
    expect(isTyping(document.createElement("button"))).toBe(false);
  });
});
