/**
 * Before every file of tests: they draw parts of pages without app.tsx, which asks for their words, so all
 * of them are ready here. Nobody answers but whom a test puts there: all else waits for ever, since what
 * failed would be tried again while the next test counts.
 */
import { need } from "../src/i18n";
import { PACKS, type Pack } from "../src/i18n/packs";

globalThis.fetch = () => new Promise(() => undefined);

await need(...(Object.keys(PACKS) as Pack[]));
