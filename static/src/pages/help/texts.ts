/** The texts of the help, loaded in the language that is shown and kept for as long as the page lives. */
import { useEffect, useState } from "preact/hooks";
import { language, type Language } from "../../i18n";
import type { Part } from "./order";

export interface Chapter {
  title: string;
  items: readonly string[];
}
export type Texts = Record<Part, readonly Chapter[]>;

const LOADERS: Record<Language, () => Promise<{ default: Texts }>> = {
  ky: () => import("./texts/ky.json"),
  ru: () => import("./texts/ru.json"),
  en: () => import("./texts/en.json"),
};

/** The texts, null while they are on their way, undefined when they could not be had. */
export function useTexts(): Texts | null | undefined {
  const wanted = language.value;
  const [texts, setTexts] = useState<Texts | null | undefined>(null);
  useEffect(() => {
    let current = true;
    LOADERS[wanted]().then(
      loaded => current && setTexts(loaded.default),
      () => current && setTexts(undefined),
    );
    return () => {
      current = false;
    };
  }, [wanted]);
  return texts;
}
