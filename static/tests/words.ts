/** Tests draw parts of pages without app.tsx, which asks for their words: here all of them are ready. */
import { need } from "../src/i18n";
import { PACKS, type Pack } from "../src/i18n/packs";

await need(...(Object.keys(PACKS) as Pack[]));
