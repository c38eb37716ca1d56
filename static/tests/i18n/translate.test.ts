/** Looking up: variables, plurals, unknown keys, the first language, switching. */
import { beforeEach, expect, test } from "vitest";
import { guessLanguage, language, maybe, pluralForm, setLanguage, t, translate } from "../../src/i18n";

const words = {
  plain: "Hello {name}",
  "days#one": "{count} day",
  "days#few": "{count} few",
  "days#other": "{count} days",
};

beforeEach(() => localStorage.clear());

test("fills in variables and leaves unknown ones visible", () => {
  expect(translate(words, "en", "plain", { name: "Aibek" })).toBe("Hello Aibek");
  expect(translate(words, "en", "plain")).toBe("Hello {name}");
});

test("chooses the plural by the language", () => {
  expect(translate(words, "en", "days", { count: 1 })).toBe("1 day");
  expect(translate(words, "ru", "days", { count: 3 })).toBe("3 few");
  expect(translate(words, "ru", "days", { count: 5 })).toBe("5 days");
});

test("an unknown key shows itself", () => {
  expect(translate(words, "ky", "no.such")).toBe("no.such");
  expect(maybe("error.no_such_code")).toBeUndefined();
});

test.each([
  [1, "one"],
  [0, "other"],
  [2, "other"],
  [21, "other"],
])("Kyrgyz plural of %i is %s without the browser's help", (count, form) => {
  expect(pluralForm("ky", count)).toBe(form);
});

test.each([
  ["ru", ["en-US"], "ru"],
  [null, ["de", "ru-KG", "en"], "ru"],
  [null, ["ky-KG"], "ky"],
  [null, ["tr"], "ky"],
  ["xx", [], "ky"],
])("remembered %s and browser %j begin with %s", (remembered, wanted, first) => {
  expect(guessLanguage(remembered, wanted)).toBe(first);
});

test("switching loads the words, names the page's language and remembers it", async () => {
  await setLanguage("ru");
  expect(t("login.title")).toBe("Вход");
  await setLanguage("ky");
  expect(t("login.title")).toBe("Кирүү");
  expect(language.value).toBe("ky");
  expect(document.documentElement.lang).toBe("ky");
  expect(localStorage.getItem("sabak.language")).toBe("ky");
});
