/**
 * Parts of slides that are loaded when they are needed for the first time, so that a class without slides
 * costs nothing. A part flows in, the same with its properties is drawn once it is there.
 */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const AGAIN = 2000; // ms after which a part that could not be loaded is asked for again

export function later<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): ComponentType<P> {
  let found: ComponentType<P> | undefined;
  return function Later(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | undefined>(() => found);
    const [tries, setTries] = useState(0);
    useEffect(() => {
      if (Part) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      load().then(
        loaded => {
          found = loaded.default;
          setPart(() => found);
        },
        () => (timer = setTimeout(() => setTries(tries + 1), AGAIN)),
      );
      return () => clearTimeout(timer);
    }, [tries]);
    return Part ? <Part {...props} /> : <span class="spinner" aria-hidden="true" />;
  };
}

export const SlidesStage = later(() => import("./SlidesStage"));
export const DeckList = later(() => import("./DeckList"));
