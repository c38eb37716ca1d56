/**
 * The words of the interface. Catalogues of one language flow in (loaded on demand, in packs that pages
 * ask for with `need`), `t("key", vars)` gives the text in the language now chosen. Components that call
 * `t` are drawn again when the language changes, because the catalogue is a signal. Plurals are keys with a suffix (`people#one`,
 * `people#few`, ...), chosen by the variable `count`.
 */
import { computed, signal } from "@preact/signals";
import { PACKS, type Pack } from "./packs";
import type attendanceWords from "./words/attendance/en.json";
import type baseWords from "./words/base/en.json";
import type adminWords from "./words/admin/en.json";
import type classWords from "./words/class/en.json";
import type examWords from "./words/exam/en.json";
import type examplanWords from "./words/examplan/en.json";
import type wallWords from "./words/wall/en.json";
import type officeWords from "./words/office/en.json";
import type orderWords from "./words/order/en.json";
import type recordingWords from "./words/recording/en.json";
import type slidesWords from "./words/slides/en.json";
import type traceWords from "./words/trace/en.json";
import type talkWords from "./words/talk/en.json";
import type retentionWords from "./words/retention/en.json";
import type reviewWords from "./words/review/en.json";
import type noticeWords from "./words/notices/en.json";

export const LANGUAGES = ["ky", "ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

type AnyKey =
  | keyof typeof attendanceWords
  | keyof typeof baseWords
  | keyof typeof adminWords
  | keyof typeof classWords
  | keyof typeof examWords
  | keyof typeof examplanWords
  | keyof typeof wallWords
  | keyof typeof officeWords
  | keyof typeof orderWords
  | keyof typeof recordingWords
  | keyof typeof slidesWords
  | keyof typeof traceWords
  | keyof typeof talkWords
  | keyof typeof retentionWords
  | keyof typeof reviewWords
  | keyof typeof noticeWords;
type Stem<K extends string> = K extends `${infer S}#${string}` ? S : K;
/** A key of the catalogues; plural keys without their suffix. */
export type Key = Stem<AnyKey & string>;
export type Vars = Record<string, string | number>;
export type Catalogue = Record<string, string>;

export const LANGUAGE_NAMES: Record<Language, string> = { ky: "Кыргызча", ru: "Русский", en: "English" };
const MEMORY = "sabak.language";

const loaders = import.meta.glob<Catalogue>("./words/*/*.json", { import: "default" });

const catalogue = signal<Catalogue>({});
const chosen = signal<Language>("ky");
/** The language that is shown now. */
export const language = computed(() => chosen.value);

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

/** The first language to show: the remembered one, then the browser's, then Kyrgyz. */
export function guessLanguage(remembered: string | null, wanted: readonly string[]): Language {
  if (isLanguage(remembered)) return remembered;
  for (const tag of wanted) {
    const short = tag.slice(0, 2).toLowerCase();
    if (isLanguage(short)) return short;
  }
  return "ky";
}

/** Which plural form a number takes. Kyrgyz is given here: many browsers do not carry its data. */
export function pluralForm(lang: Language, count: number): Intl.LDMLPluralRule {
  if (lang === "ky") return count === 1 ? "one" : "other";
  return new Intl.PluralRules(lang).select(count);
}

/** Pure look-up: `words` and a key to a text with its `{vars}` filled in. An unknown key shows itself. */
export function translate(words: Catalogue, lang: Language, key: string, vars: Vars = {}): string {
  let text = words[key];
  const count = vars["count"];
  if (text === undefined && typeof count === "number") {
    text = words[`${key}#${pluralForm(lang, count)}`] ?? words[`${key}#other`];
  }
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole));
}

/** The text of a key in the current language. */
export function t(key: Key, vars?: Vars): string {
  return translate(catalogue.value, chosen.value, key, vars);
}

/** For keys made at run time, such as error codes: the text, or undefined where there is none. */
export function maybe(key: string, vars?: Vars): string | undefined {
  const text = translate(catalogue.value, chosen.value, key, vars);
  return text === key ? undefined : text;
}

/** What the pages seen so far need. */
const needed = new Set<Pack>(["base"]);
/** The newest change of language: of two that are under way the later one is shown. */
let newest: Promise<void> = Promise.resolve();
let turn = 0;

async function load(lang: Language, packs: Iterable<Pack>): Promise<Catalogue> {
  const paths = [...packs].flatMap(pack => PACKS[pack]).map(room => `./words/${room}/${lang}.json`);
  return Object.assign({}, ...(await Promise.all(paths.map(path => loaders[path]?.())))) as Catalogue;
}

/** Have these packs ready in the language now chosen, and in every later one. */
export async function need(...packs: Pack[]): Promise<void> {
  const missing = packs.filter(pack => !needed.has(pack));
  if (missing.length === 0) return;
  const lang = chosen.value;
  const found = await load(lang, missing);
  for (const pack of missing) needed.add(pack);
  // The language was changed meanwhile: its words are on the way without these.
  if (chosen.value === lang) catalogue.value = { ...catalogue.value, ...found };
  else await setLanguage(chosen.value);
}

/** Load a language's catalogues, show them and remember the choice on this device. */
export function setLanguage(lang: Language): Promise<void> {
  turn += 1;
  newest = show(lang, turn);
  return newest;
}

async function show(lang: Language, mine: number): Promise<void> {
  const packs = [...needed];
  const found = await load(lang, packs);
  if (mine !== turn) return newest;
  if (packs.length < needed.size) return setLanguage(lang); // a page asked for more in the meantime
  catalogue.value = found;
  chosen.value = lang;
  document.documentElement.lang = lang;
  try {
    localStorage.setItem(MEMORY, lang);
  } catch {
    // Private windows may have no storage; the account remembers the language as well.
  }
}

/** Load the language to begin with; which one it is stands before the first wait. */
export async function startLanguage(): Promise<void> {
  let remembered: string | null = null;
  try {
    remembered = localStorage.getItem(MEMORY);
  } catch {
    // No storage: fall through to the browser's languages.
  }
  chosen.value = guessLanguage(remembered, navigator.languages);
  await setLanguage(chosen.value);
}
