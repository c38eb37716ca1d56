/**
 * The drawing hand: pointer events on a page flow in; the stroke in the making is drawn at once by setting
 * one attribute, told to the others a dozen times a second, and handed over when it is finished.
 */
import type { Colour, Kind, Place, Stroke } from "./board";
import type { Tool } from "./keys";
import { INK } from "./PageView";
import { outline, placeAt, worth } from "./shapes";
import type { Slides } from "./slides";

/** ms between two messages; a seat may send 20 of any kind a second. */
const TELL_EVERY = 80;
/** Numbers of one stroke: the server takes 4,000, a long one goes on as the next. */
const MOST = 3000;

export interface Choice {
  tool: Tool;
  colour: Colour;
  width: number;
}

export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))]
    .map(byte => byte.toString(36).padStart(2, "0"))
    .join("");
}

const FREE = new Set<Kind>(["pen", "highlighter"]);
/** A highlighter is as wide as a line of text. */
export const widthOf = (kind: Kind, width: number): number => (kind === "highlighter" ? width * 6 : width);

export class Hand {
  private points: number[] = [];
  private told = 0;
  private stroke: Stroke | null = null;
  private place: Place | null = null;
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pointed: [number, number] | null = null;

  constructor(
    private readonly slides: Slides,
    private readonly person: () => string,
    private readonly path: () => SVGPathElement | null,
  ) {}

  get busy(): boolean {
    return this.stroke !== null;
  }

  down(event: PointerEvent, box: DOMRect, place: Place, choice: Choice): void {
    if (event.button !== 0 || choice.tool === "hand" || choice.tool === "text") return;
    event.preventDefault();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    if (choice.tool === "pointer") return this.move(event, box, place, choice);
    this.begin(place, choice.tool, choice);
    this.points = placeAt(event.clientX, event.clientY, box);
    this.draw();
  }

  move(event: PointerEvent, box: DOMRect, place: Place, choice: Choice): void {
    if (choice.tool === "pointer") {
      this.pointed = placeAt(event.clientX, event.clientY, box);
      return this.soon(place);
    }
    if (!this.stroke || !this.place) return;
    const free = FREE.has(this.stroke.kind);
    const events = free && event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const one of events.length > 0 ? events : [event]) {
      const [x, y] = placeAt(one.clientX, one.clientY, box);
      if (!free) this.points = [...this.points.slice(0, 2), x, y];
      else if (worth(this.points, x, y)) this.points.push(x, y);
    }
    this.draw();
    if (this.points.length >= MOST && free) {
      const { stroke } = this;
      const last = this.points.slice(-2);
      this.up();
      this.begin(place, stroke.kind, choice);
      this.points = last;
    } else if (free) this.soon(place);
  }

  /** The stroke is finished. */
  up(): void {
    const { stroke, place, points } = this;
    this.drop();
    if (!stroke || !place) return;
    const enough = FREE.has(stroke.kind) ? points.length >= 2 : points.length === 4;
    if (enough) this.slides.draw(place, { ...stroke, points });
  }

  /** Nothing was drawn, or the pointer is gone. */
  drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.stroke = null;
    this.path()?.setAttribute("d", "");
  }

  away(place: Place): void {
    if (!this.pointed) return;
    this.pointed = null;
    this.slides.point(place, -1, -1);
  }

  private begin(place: Place, kind: Kind, { colour, width }: Choice): void {
    this.place = place;
    this.told = 0;
    this.stroke = {
      id: newId(),
      person: this.person(),
      kind,
      colour,
      width: widthOf(kind, width),
      points: [],
      text: "",
    };
  }

  private draw(): void {
    const path = this.path();
    if (!path || !this.stroke) return;
    const { kind, width, colour } = this.stroke;
    path.setAttribute("d", outline(kind, this.points, width));
    path.setAttribute("stroke", INK[colour]);
    path.setAttribute("stroke-width", String(width));
    path.setAttribute("class", kind === "highlighter" ? "slides-marked" : "");
  }

  /** Tell now if the last time is long enough ago, else when it is. */
  private soon(place: Place): void {
    if (this.timer) return;
    const wait = Math.max(0, this.at + TELL_EVERY - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.at = performance.now();
      if (this.stroke) {
        const fresh = this.points.slice(this.told, this.told + 400);
        this.told += fresh.length;
        if (fresh.length > 0) this.slides.trail(place, this.stroke, fresh);
      } else if (this.pointed) this.slides.point(place, ...this.pointed);
    }, wait);
  }
}
