/**
 * What is on the stage and drawn over it, folded from `slides.*` events in order: the same fold for the
 * running class, after a reload, and for the recording. Events flow in, pages and strokes flow out. Pure.
 */
import { isObject, text } from "../../media/wire";

/** Units of a page's width; heights are in the same units (docs/protocol.md, "Slides"). */
export const WIDE = 10_000;
export const HIGH = 25_000;

export const KINDS = ["pen", "highlighter", "text", "line", "arrow", "rect", "ellipse"] as const;
export type Kind = (typeof KINDS)[number];
export const COLOURS = ["black", "red", "orange", "green", "blue", "violet", "white"] as const;
export type Colour = (typeof COLOURS)[number];

export interface Place {
  deck: string;
  page: number;
}

export interface Stroke {
  id: string;
  person: string;
  kind: Kind;
  colour: Colour;
  width: number;
  /** x and y of every point, absolute. */
  points: readonly number[];
  text: string;
}

export const keyOf = ({ deck, page }: Place): string => `${deck}/${page}`;
export const same = (a: Place | null, b: Place | null): boolean =>
  a === b || (a !== null && b !== null && a.deck === b.deck && a.page === b.page);

/** Steps from point to point, as they are sent; the first point as it is. */
export function steps(points: readonly number[]): number[] {
  return points.map((value, index) => (index < 2 ? value : value - (points[index - 2] ?? 0)));
}

/** The opposite of `steps`. */
export function absolute(given: readonly number[]): number[] {
  const points: number[] = [];
  for (const [index, step] of given.entries()) points.push(step + (points[index - 2] ?? 0));
  return points;
}

function numbers(value: unknown): number[] {
  const given = Array.isArray(value) ? (value as unknown[]) : [];
  return given.every(one => typeof one === "number") ? (given as number[]) : [];
}

export function readPlace(data: Record<string, unknown>): Place {
  const page = data["page"];
  return { deck: text(data["deck"]), page: typeof page === "number" ? page : 0 };
}

/** The stroke in an event or a trail; null for one this page does not know how to draw. */
export function readStroke(data: unknown, person: string, isSteps: boolean): Stroke | null {
  if (!isObject(data)) return null;
  const kind = KINDS.find(one => one === data["shape"]);
  const colour = COLOURS.find(one => one === data["colour"]);
  const width = data["width"];
  const points = numbers(data["points"]);
  if (!kind || !colour || typeof width !== "number" || points.length % 2 !== 0) return null;
  return {
    id: text(data["stroke"]),
    person,
    kind,
    colour,
    width,
    points: isSteps ? absolute(points) : points,
    text: text(data["text"]),
  };
}

/** In place of a person: the whole class. */
export const EVERYBODY = "";

export class Board {
  shown: Place | null = null;
  /** Who may draw by leave of who shows the slides. */
  readonly pens = new Set<string>();
  private readonly pages = new Map<string, Stroke[]>();

  /** The strokes that stand on a page, oldest first. */
  on(place: Place): readonly Stroke[] {
    return this.pages.get(keyOf(place)) ?? [];
  }

  apply(kind: string, person: string, data: Record<string, unknown>): void {
    const place = readPlace(data);
    const key = keyOf(place);
    const strokes = this.pages.get(key) ?? [];
    switch (kind) {
      case "slides.shown":
        this.shown = place;
        break;
      case "slides.closed":
        this.shown = null;
        break;
      case "slides.drawn": {
        const stroke = readStroke(data, person, true);
        if (stroke && !strokes.some(one => one.id === stroke.id)) this.pages.set(key, [...strokes, stroke]);
        break;
      }
      case "slides.undone":
        this.pages.set(
          key,
          strokes.filter(one => one.id !== data["stroke"]),
        );
        break;
      case "slides.pens": {
        const whom = text(data["person"]);
        if (whom === EVERYBODY) this.pens.clear();
        if (data["on"] === true) this.pens.add(whom);
        else this.pens.delete(whom);
        break;
      }
      case "session.closed":
        this.pens.clear();
        break;
      case "slides.cleared":
        this.pages.delete(key);
        break;
      default:
    }
  }
}
