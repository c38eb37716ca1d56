/** The own registered photo on the page of exams: its terms are readable in every language. */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { LANGUAGES, setLanguage, type Language } from "../../src/i18n";
import { OwnPhoto } from "../../src/pages/exams/OwnPhoto";
import { screen } from "../screen";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const DAYS: Record<Language, string> = { ky: "29-август 2031", ru: "29 августа 2031", en: "29 August 2031" };

test.each(LANGUAGES as readonly Language[])("until when the photo is kept, in %s", async language => {
  await setLanguage(language);
  const own = { at: "2026-08-30T09:15:00Z", until: "2031-08-28T20:15:00Z", objection: "", objected: null };
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(own))));
  render(<OwnPhoto />);
  const terms = await screen().findByTestId("own-photo-terms");
  expect(terms.textContent).toContain(DAYS[language]);
});
