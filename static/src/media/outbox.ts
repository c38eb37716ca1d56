/**
 * Chat lines on their way: each has an idempotency key of its own and stays here, also through a
 * reload of the page, until the server has said that it holds it. Lines and answers flow in; what to
 * send now, and what the page shows as "not sent yet", flow out.
 */

import { signal } from "@preact/signals";

export interface Unsent {
  key: string;
  text: string;
  /** The one person who shall read it; empty for everybody. */
  to: string;
  /** Empty while on its way; the server's code once it said no for good. */
  refused: string;
}

export interface Drawer {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** A line is at most this many characters; the server has the last word. */
export const LONGEST_LINE = 2000;
const MOST_KEPT = 50;

export class Outbox {
  readonly lines = signal<readonly Unsent[]>([]);

  constructor(
    private readonly drawer: Drawer,
    private readonly place: string,
    private readonly newKey: () => string,
  ) {
    this.lines.value = this.load();
  }

  /** Take a line; returns it, or null when it is empty or the box is full. */
  add(text: string, to = ""): Unsent | null {
    const trimmed = text.trim().slice(0, LONGEST_LINE);
    if (!trimmed || this.lines.value.length >= MOST_KEPT) return null;
    const line = { key: this.newKey(), text: trimmed, to, refused: "" };
    this.keep([...this.lines.value, line]);
    return line;
  }

  /** What has to be sent after each new connection, oldest first. */
  waiting(): Unsent[] {
    return this.lines.value.filter(line => !line.refused);
  }

  done(key: string): void {
    this.keep(this.lines.value.filter(line => line.key !== key));
  }

  refuse(key: string, code: string): void {
    this.keep(this.lines.value.map(line => (line.key === key ? { ...line, refused: code } : line)));
  }

  /** The person tries a refused line again. */
  retry(key: string): void {
    this.refuse(key, "");
  }

  private keep(lines: readonly Unsent[]): void {
    this.lines.value = lines;
    try {
      this.drawer.setItem(this.place, JSON.stringify(lines));
    } catch {
      // A full or forbidden store: the lines still live as long as the page does.
    }
  }

  private load(): Unsent[] {
    try {
      const kept: unknown = JSON.parse(this.drawer.getItem(this.place) ?? "[]");
      if (!Array.isArray(kept)) return [];
      return kept
        .filter(
          (line: Partial<Unsent> | null) => typeof line?.key === "string" && typeof line.text === "string",
        )
        .map((line: Unsent) => ({
          key: line.key,
          text: line.text,
          to: typeof line.to === "string" ? line.to : "",
          refused: "",
        }))
        .slice(-MOST_KEPT);
    } catch {
      return [];
    }
  }
}
