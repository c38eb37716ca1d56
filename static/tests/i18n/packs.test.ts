/** Packs of words: every room is in one, and each page of app.tsx has asked for all that it says. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { PACKS, type Pack } from "../../src/i18n/packs";

const SRC = join(__dirname, "../../src");
const WORDS = join(SRC, "i18n/words");
/** Messages of the wire that look like words. */
const MESSAGES = ["slides.undo", "slides.show", "slides.close", "slides.clear"];

const packOf = new Map<string, Pack>();
for (const [pack, rooms] of Object.entries(PACKS)) {
  for (const room of rooms) {
    const words = JSON.parse(readFileSync(join(WORDS, room, "en.json"), "utf8")) as Record<string, string>;
    // What an error code means is looked up where it can happen; without its words the server's are shown.
    const keys = Object.keys(words).filter(key => !key.startsWith("error."));
    for (const key of keys) packOf.set(key.split("#")[0] ?? key, pack as Pack);
  }
}

function file(from: string, name: string): string | undefined {
  const base = resolve(dirname(from), name);
  return [".ts", ".tsx", "/index.ts", "/index.tsx"].map(end => base + end).find(existsSync);
}

/** Every module that one draws in, itself with it. */
function drawn(from: string, without: ReadonlySet<string> = new Set()): Set<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (seen.has(path) || without.has(path)) continue;
    seen.add(path);
    const source = readFileSync(path, "utf8").replace(/^import type .*?;$/gms, "");
    for (const [, name] of source.matchAll(/(?:from\s+|import\(|import\s+)"(\.[^"]+)"/g)) {
      const found = file(path, name ?? "");
      if (found) waiting.push(found);
    }
  }
  return seen;
}

/** The words that a module has in its text: whole keys, and every key that one made at run time may be. */
function said(path: string): string[] {
  const source = readFileSync(path, "utf8");
  const found: string[] = [];
  for (const [, start = "", made] of source.matchAll(/["`]([a-z_]+\.[\w.]*)(\$\{)?/g)) {
    if (made) found.push(...[...packOf.keys()].filter(key => key.startsWith(start)));
    else if (packOf.has(start)) found.push(start);
  }
  return found.filter(key => !MESSAGES.includes(key));
}

const app = join(SRC, "app.tsx");
const pages = [
  ...readFileSync(app, "utf8").matchAll(/const (\w+) = page\(\(\) => import\("([^"]+)"\)((?:, "\w+")*)\)/g),
].map(([, name = "", from = "", packs = ""]) => ({
  name,
  path: file(app, from) ?? "",
  packs: ["base", ...[...packs.matchAll(/"(\w+)"/g)].map(match => match[1])],
}));
const always = drawn(join(SRC, "main.tsx"), new Set(pages.map(page => page.path)));

function missing(modules: Iterable<string>, packs: readonly (string | undefined)[]): string[] {
  const keys = [...modules].flatMap(said);
  return [...new Set(keys.filter(key => !packs.includes(packOf.get(key))))];
}

test("every room of words is in one pack", () => {
  expect(
    Object.values(PACKS)
      .flatMap(rooms => [...rooms] as string[])
      .sort(),
  ).toEqual(readdirSync(WORDS).sort());
});

test("what every page draws says words of the base alone", () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(missing(always, ["base"])).toEqual([]);
});

test.each(pages)("$name has the packs it needs", ({ path, packs }) => {
  const own = [...drawn(path)].filter(module => !always.has(module));
  expect(missing(own, packs)).toEqual([]);
});
