/**
 * Small marks: a badge (a word on a tinted ground; colour never speaks alone) and an avatar (initials on a
 * colour drawn from the name, the same for a person everywhere).
 */
import type { ComponentChildren } from "preact";
import type { Icon } from "./Button";
import "./Badge.css";

export type Tone = "plain" | "accent" | "good" | "warn" | "danger";

export function Badge(props: { tone?: Tone; icon?: Icon; children: ComponentChildren; testid?: string }) {
  const { tone = "plain", icon: Picture, children, testid } = props;
  return (
    <span class={`badge badge-${tone}`} data-testid={testid}>
      {Picture && <Picture size={14} aria-hidden />}
      {children}
    </span>
  );
}

/** Two letters of a name: of the first two words. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.slice(0, 2).map(word => [...word][0] ?? "");
  return letters.join("").toLocaleUpperCase() || "?";
}

/** A number 0-7 for a text, evenly spread and always the same (FNV-1a). */
export function toneOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash % 8;
}

export function Avatar({ name, id, size = 40 }: { name: string; id?: string; size?: number }) {
  return (
    <span class={`avatar avatar-${toneOf(id ?? name)}`} style={{ "--size": `${size}px` }} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
