/**
 * Tabs after the ARIA pattern: arrows move, Home and End jump, one tab stop for the whole list. The
 * parent owns which one is chosen and draws its panel with `TabPanel`.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Icon } from "./Button";
import "./Tabs.css";

export interface Tab {
  id: string;
  label: string;
  icon?: Icon;
  /** A small number beside the word; not shown at 0. */
  count?: number;
}

interface TabsProps {
  /** Names the list for screen readers and makes the ids of tabs and panels. */
  name: string;
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  onChoose: (id: string) => void;
}

/** Where a key moves to in a list of `length`, or undefined where the key means nothing. Pure. */
export function moveTo(key: string, index: number, length: number): number | undefined {
  if (key === "ArrowRight" || key === "ArrowDown") return (index + 1) % length;
  if (key === "ArrowLeft" || key === "ArrowUp") return (index - 1 + length) % length;
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  return undefined;
}

export function Tabs({ name, label, tabs, chosen, onChoose }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone the list is wider than the screen: bring the chosen one into it.
    list.current
      ?.querySelector(`#${name}-tab-${chosen}`)
      ?.scrollIntoView?.({ block: "nearest", inline: "center" });
  }, [chosen]);
  const move = (event: KeyboardEvent, index: number): void => {
    const to = moveTo(event.key, index, tabs.length);
    const tab = to === undefined ? undefined : tabs[to];
    if (!tab) return;
    event.preventDefault();
    onChoose(tab.id);
    list.current?.querySelector<HTMLElement>(`#${name}-tab-${tab.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list}>
      {tabs.map(({ id, label: word, icon: Picture, count }, index) => (
        <button
          key={id}
          type="button"
          role="tab"
          class="tab"
          id={`${name}-tab-${id}`}
          data-testid={`${name}-tab-${id}`}
          aria-selected={id === chosen}
          aria-controls={`${name}-panel-${id}`}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
          onKeyDown={event => move(event, index)}
        >
          {Picture && <Picture size={18} aria-hidden />}
          {word}
          {count ? <span class="tab-count numbers">{count}</span> : null}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({ name, id, children }: { name: string; id: string; children: ComponentChildren }) {
  return (
    <div role="tabpanel" id={`${name}-panel-${id}`} aria-labelledby={`${name}-tab-${id}`} class="tab-panel">
      {children}
    </div>
  );
}
