/** The catalogues: every language has every key, every plural its forms, and Kyrgyz is not Russian. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LANGUAGES, pluralForm, type Catalogue, type Language } from "../../src/i18n";
import allowed from "./allowed.json";

const ROOT = join(__dirname, "../../src/i18n/words");
const rooms = readdirSync(ROOT);
const read = (room: string, lang: Language): Catalogue =>
  JSON.parse(readFileSync(join(ROOT, room, `${lang}.json`), "utf8")) as Catalogue;
const stem = (key: string): string => key.split("#")[0] ?? key;
const stems = (words: Catalogue): string[] => [...new Set(Object.keys(words).map(stem))].sort();
const holes = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? "").sort();

describe.each(rooms)("the words of %s", room => {
  test("are complete in every language", () => {
    for (const lang of LANGUAGES) expect(stems(read(room, lang))).toEqual(stems(read(room, "en")));
  });

  test("have every plural form that the language needs", () => {
    for (const lang of LANGUAGES) {
      const words = read(room, lang);
      const plurals = new Set(
        Object.keys(words)
          .filter(key => key.includes("#"))
          .map(stem),
      );
      for (const key of plurals) {
        for (const count of [0, 1, 2, 3, 5, 11, 21, 22, 25, 101]) {
          expect(words, `${lang} ${key} ${count}`).toHaveProperty([`${key}#${pluralForm(lang, count)}`]);
        }
        expect(words).toHaveProperty([`${key}#other`]);
      }
    }
  });

  test("ask for the same variables in every language", () => {
    const english = read(room, "en");
    for (const lang of LANGUAGES) {
      for (const [key, text] of Object.entries(read(room, lang))) {
        const model = english[key] ?? english[`${stem(key)}#other`] ?? "";
        expect(holes(text), `${lang} ${key}`).toEqual(holes(model));
      }
    }
  });

  test("are not empty and carry no stray spaces", () => {
    for (const lang of LANGUAGES) {
      for (const [key, text] of Object.entries(read(room, lang))) {
        expect(text.trim(), `${lang} ${key}`).toBe(text);
        expect(text, `${lang} ${key}`).not.toBe("");
      }
    }
  });
});

test("no key stands in two rooms", () => {
  const all = rooms.flatMap(room => Object.keys(read(room, "en")));
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
});

test("Kyrgyz is not left in Russian", () => {
  const same = rooms.flatMap(room => {
    const ru = read(room, "ru");
    return Object.entries(read(room, "ky"))
      .filter(([key, text]) => ru[key] === text && /\p{L}/u.test(text.replace(/\{\w+\}/g, "")))
      .map(([key]) => key);
  });
  expect(same.filter(key => !allowed.keys.includes(key))).toEqual([]);
  expect(
    allowed.keys.filter(key => !same.includes(key)),
    "allowed without need",
  ).toEqual([]);
});

test("no Russian-only letter combinations slip into Kyrgyz endings", () => {
  // Endings that Kyrgyz never has; a cheap sign of a text that was not translated.
  const russian = /\p{L}(?:ется|ться|ение|ения|остью|ыми|ешь|айте)(?!\p{L})/u;
  for (const room of rooms) {
    for (const [key, text] of Object.entries(read(room, "ky"))) {
      if (!allowed.keys.includes(key)) expect(russian.test(text), `${key}: ${text}`).toBe(false);
    }
  }
});
