/**
 * What the parts of the class page share: the visit and the few choices of the page itself (which panel
 * is open, who is pinned, which page of tiles). Held here so that no part passes it on by hand.
 */
import { signal, type Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Room } from "./room";

export type PanelName = "people" | "chat" | "ask";
export type DialogName =
  | ""
  | "more"
  | "devices"
  | "keys"
  | "guest"
  | "link"
  | "look"
  | "recording"
  | "visit"
  | "rules"
  | "groups"
  | "person"
  | "slides"
  | "captions"
  | "together"
  | "support"
  | "end";

export interface Desk {
  room: Room;
  panel: Signal<PanelName | null>;
  dialog: Signal<DialogName>;
  /** Whom the dialog "person" is about. */
  person: Signal<string>;
  pinned: Signal<string>;
  page: Signal<number>;
  pages: Signal<number>;
  full: Signal<boolean>;
  /** The stage alone, large, for a wall. */
  projector: Signal<boolean>;
  /** Number of the last chat line that was on the screen. */
  read: Signal<number>;
  narrow: Signal<boolean>;
  /** To whom the next chat line goes; empty for everybody. */
  to: Signal<string>;
  /** Number of the chat line that is being changed; 0 for none. */
  editing: Signal<number>;
}

export const NARROW = "(max-width: 759px)";
const ROOMY = "(min-width: 1100px)";

export function newDesk(room: Room): Desk {
  const narrow = matchMedia(NARROW).matches;
  // On a phone a face over the slides would hide too much of them.
  room.slides.inset.value = !narrow;
  return {
    room,
    panel: signal<PanelName | null>(matchMedia(ROOMY).matches ? "people" : null),
    dialog: signal<DialogName>(""),
    person: signal(""),
    pinned: signal(""),
    page: signal(0),
    pages: signal(1),
    full: signal(false),
    projector: signal(false),
    read: signal(0),
    narrow: signal(narrow),
    to: signal(""),
    editing: signal(0),
  };
}

const Context = createContext<Desk | null>(null);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (!desk) throw new Error("a part of the class was drawn outside it");
  return desk;
}

/** Drawn again whenever the size of an element changes. */
export function useSize<E extends HTMLElement>(): [
  (element: E | null) => void,
  { width: number; height: number },
] {
  const [element, setElement] = useState<E | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize(old => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, size];
}

/** Drawn again every second while `on`. */
export function useSecond(on: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}
