/** The help: the same parts in three languages, the own roles first, every word on one page. */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import Help from "../../src/pages/help/Help";
import { inOrder, PARTS } from "../../src/pages/help/order";
import en from "../../src/pages/help/texts/en.json";
import ky from "../../src/pages/help/texts/ky.json";
import ru from "../../src/pages/help/texts/ru.json";
import { screen } from "../screen";

afterEach(cleanup);

describe("the texts", () => {
  const shape = (texts: Record<string, readonly { items: readonly string[] }[]>) =>
    Object.entries(texts).map(([part, chapters]) => [part, chapters.map(one => one.items.length)]);

  it("say the same in each language", () => {
    expect(shape(ru)).toEqual(shape(en));
    expect(shape(ky)).toEqual(shape(en));
    expect(Object.keys(en).sort()).toEqual([...PARTS, "everybody"].sort());
  });

  it("are no translation left out, and in the letters of their language", () => {
    const all = (texts: object) => JSON.stringify(texts);
    for (const part of PARTS) {
      const [k, r, e] = [all(ky[part]), all(ru[part]), all(en[part])];
      expect(new Set([k, r, e]).size).toBe(3);
      expect(k).toMatch(/[ңөү]/);
      expect(r).not.toMatch(/[ңөү]/);
    }
  });
});

describe("the order", () => {
  it("begins with one's own roles, each part once", () => {
    const { own, others } = inOrder(["dispatcher", "curator", "teacher"]);
    expect(own).toEqual(["office", "teacher"]);
    expect([...own, ...others].sort()).toEqual([...PARTS].sort());
    expect(inOrder([]).own).toEqual([]);
    expect(inOrder(["psychologist"]).own).toEqual([]);
  });
});

it("shows every part on one page", async () => {
  render(<Help />);
  for (const part of [...PARTS, "everybody"])
    expect(await screen().findByTestId(`help-${part}`)).toBeTruthy();
});
