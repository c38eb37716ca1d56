/**
 * Before every file of tests: they draw parts of pages without app.tsx, which asks for their words, so all
 * of them are ready here. Nobody answers but whom a test puts there: what asks for more hears that at once.
 */
import { need } from "../src/i18n";
import { PACKS, type Pack } from "../src/i18n/packs";

globalThis.fetch = () => Promise.reject(new TypeError("tests of the pages have no network"));

await need(...(Object.keys(PACKS) as Pack[]));
