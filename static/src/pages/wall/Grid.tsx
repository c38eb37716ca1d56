/**
 * The cards. The mouse, a finger or the focus on them holds the order still; arrows walk through the grid,
 * Enter opens. One tab stop for all of it.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Card } from "./Card";
import type { Feed } from "./feed";
import { step } from "./order";
import type { Stream } from "./pictures";

/** A finger leaves no pointer behind: the order rests so long after a touch, ms. */
const AFTER_TOUCH = 5_000;

interface Props {
  feed: Feed;
  stream: Stream;
  opened: string;
  onOpen: (person: string) => void;
}

export function Grid({ feed, stream, opened, onOpen }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const [stop, setStop] = useState("");
  const shown = feed.shown.value;
  useHolding(list, feed);
  const stopAt = shown.includes(stop) ? stop : shown[0];

  const walk = (event: KeyboardEvent): void => {
    const cards = [...(list.current?.querySelectorAll<HTMLElement>(".pw-open") ?? [])];
    const index = cards.indexOf(document.activeElement as HTMLElement);
    if (index < 0) return;
    const top = (card: HTMLElement): number => card.getBoundingClientRect().top;
    const first = cards[0] ? top(cards[0]) : 0;
    const columns = Math.max(1, cards.filter(card => top(card) === first).length);
    const to = step(event.key, index, cards.length, columns);
    if (to === undefined) return;
    event.preventDefault();
    setStop(shown[to] ?? "");
    cards[to]?.focus();
  };

  return (
    <ul
      role="list"
      class={stream === "webcam" ? "pw-grid" : "pw-grid pw-grid-screens"}
      ref={list}
      aria-label={t("wall.students")}
      data-testid="wall-grid"
      onKeyDown={walk}
      onClick={event => {
        const person = (event.target as Element).closest<HTMLElement>(".pw-open")?.dataset["person"];
        if (person) onOpen(person);
      }}
    >
      {shown.map(person => {
        const student = feed.student(person);
        if (!student) return null;
        return (
          <Card
            key={person}
            feed={feed}
            student={student}
            stream={stream}
            chosen={person === opened}
            stop={person === stopAt}
          />
        );
      })}
    </ul>
  );
}

/** Tell the feed while somebody points at the list. */
function useHolding(list: { current: HTMLElement | null }, feed: Feed): void {
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    let mouse = false;
    let focus = false;
    let touch: ReturnType<typeof setTimeout> | undefined;
    const tell = (): void => feed.hold(mouse || focus || touch !== undefined);
    const touched = (): void => {
      clearTimeout(touch);
      touch = setTimeout(() => {
        touch = undefined;
        tell();
      }, AFTER_TOUCH);
      tell();
    };
    const on: Record<string, (event: Event) => void> = {
      pointerenter: event => {
        if ((event as PointerEvent).pointerType !== "touch") mouse = true;
        tell();
      },
      pointerleave: () => {
        mouse = false;
        tell();
      },
      pointerdown: event => (event as PointerEvent).pointerType === "touch" && touched(),
      focusin: event => {
        // A click leaves the focus behind; only the keyboard's holds the wall.
        focus = (event.target as Element).matches(":focus-visible");
        tell();
      },
      focusout: () => {
        focus = false;
        tell();
      },
    };
    for (const [name, heard] of Object.entries(on)) element.addEventListener(name, heard);
    return () => {
      clearTimeout(touch);
      for (const [name, heard] of Object.entries(on)) element.removeEventListener(name, heard);
      feed.hold(false);
    };
  }, [feed]);
}
