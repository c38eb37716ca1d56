/** The words of a deck's pages, for those who hear them: asked for once its pages are all drawn. */
import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client";

const NONE: readonly string[] = [];

export function useTexts(lesson: string, deck: string, ready: boolean): readonly string[] {
  const [found, setFound] = useState<{ deck: string; texts: string[] }>({ deck: "", texts: [] });
  useEffect(() => {
    if (!deck || !ready) return;
    let gone = false;
    get<{ texts: string[] }>(`/lessons/${encodeURIComponent(lesson)}/slides/${deck}/text`)
      .then(({ texts }) => !gone && setFound({ deck, texts }))
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [lesson, deck, ready]);
  return deck && found.deck === deck ? found.texts : NONE;
}
