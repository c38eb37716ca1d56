import { expect, test } from "vitest";
import { named } from "../../src/class/Bar";

test("a name that has the words on the button is left as it is", () => {
  expect(named("Чат 3", "Чат, 3 жаңы билдирүү")).toBe("Чат, 3 жаңы билдирүү");
  expect(named("Hands 1", "Hands: 1. Show them")).toBe("Hands: 1. Show them");
});

test("half a word, or a number elsewhere, is not enough", () => {
  expect(named("Экран", "Экраныңызды көрсөтүү")).toBe("Экран: Экраныңызды көрсөтүү");
  expect(named("Hand 2", "Your hand is up, you are number 2")).toMatch(/^Hand 2: Your/);
});
