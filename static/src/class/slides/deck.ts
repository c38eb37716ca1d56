/** Decks of slides as the server tells of them: its words in, typed values and addresses out. Pure. */
import { withQuery } from "../../api/client";
import { isObject, text } from "../../media/wire";

export interface Deck {
  id: string;
  name: string;
  kind: string;
  size: number;
  state: "waiting" | "ready" | "failed" | "removed";
  problem: string;
  done: number;
  pages: number;
  sizes: readonly (readonly [number, number])[];
  download: boolean;
  shown: boolean;
}

export interface Decks {
  items: Deck[];
  office: boolean;
  limit: number;
}

const STATES = ["waiting", "ready", "failed", "removed"] as const;
const count = (value: unknown): number => (typeof value === "number" ? value : 0);

export function readDeck(given: unknown): Deck | null {
  if (!isObject(given)) return null;
  const state = STATES.find(one => one === given["state"]);
  const id = text(given["id"]);
  if (!state || !id) return null;
  const sizes = Array.isArray(given["sizes"]) ? (given["sizes"] as unknown[]) : [];
  return {
    id,
    name: text(given["name"]),
    kind: text(given["kind"]),
    size: count(given["size"]),
    state,
    problem: text(given["problem"]),
    done: count(given["done"]),
    pages: count(given["pages"]),
    sizes: sizes.flatMap(one => (Array.isArray(one) ? [[count(one[0]), count(one[1])] as const] : [])),
    download: given["download"] === true,
    shown: given["shown"] === true,
  };
}

export const WIDTHS = [960, 1920] as const;

export function pageUrl(lesson: string, deck: string, page: number, width: number): string {
  const path = `/lessons/${encodeURIComponent(lesson)}/slides/${encodeURIComponent(deck)}/${page}`;
  return `/api/v1${withQuery(path, { w: width })}`;
}

export function fileUrl(lesson: string, deck: string): string {
  return `/api/v1/lessons/${encodeURIComponent(lesson)}/slides/${encodeURIComponent(deck)}/file`;
}

/** Height by width of a page; 9/16 until it is known. */
export function ratioOf(deck: Deck | undefined, page: number): number {
  const [width, height] = deck?.sizes[page - 1] ?? [0, 0];
  return width > 0 && height > 0 ? height / width : 9 / 16;
}
