/**
 * The slides of one visit to a class. The server's events and news flow in, requests flow out; the page
 * reads signals. What this person draws is on their page at once, is kept until the server holds it (also
 * through a reload) and goes out in order.
 */
import { signal } from "@preact/signals";
import { get } from "../../api/client";
import { RequestFailed, type ClassSocket } from "../../media/socket";
import { isObject, text, type ServerMessage } from "../../media/wire";
import { toast } from "../../ui/Toast";
import { Board, EVERYBODY, readPlace, readStroke, same, steps, type Place, type Stroke } from "./board";
import { readDeck, type Deck } from "./deck";

export interface Trail {
  place: Place;
  stroke: Stroke;
  at: number;
}

export interface Pointer {
  place: Place;
  x: number;
  y: number;
  at: number;
}

interface Unsent {
  place: Place;
  stroke: Stroke;
}

const FORGET_TRAIL = 5000; // ms without news
const FORGET_POINTER = 3000;
const AGAIN = 1500;
const LOOK_AGAIN = 3000;
const SETTLE = 1000;

type Speaker = Pick<ClassSocket, "request">;

export class Slides {
  readonly board = new Board();
  /** Changes with everything that is drawn or shown. */
  readonly version = signal(0);
  readonly decks = signal<ReadonlyMap<string, Deck>>(new Map());
  readonly trails = signal<ReadonlyMap<string, Trail>>(new Map());
  readonly pointers = signal<ReadonlyMap<string, Pointer>>(new Map());
  /** Drawn here and not yet held by the server. */
  readonly unsent = signal<readonly Unsent[]>([]);
  /** The page this person looks at by themselves; null: they follow. */
  readonly look = signal<Place | null>(null);
  /** Asked for and not yet answered: shown here at once. */
  readonly wanted = signal<Place | null>(null);
  /** Whether the slides are the main picture here, or the screen or person is. */
  readonly large = signal(true);
  /** Whether who was on the stage stays as a small picture over the slides. */
  readonly inset = signal(true);
  private readonly asked = new Set<string>();
  /** Taken back here before the server said that it holds them. */
  private readonly taken = new Set<string>();
  private sending = false;
  private looked = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly lesson: string,
    private readonly socket: Speaker,
    private readonly drawer: Pick<Storage, "getItem" | "setItem"> | null,
  ) {
    this.unsent.value = this.remembered();
  }

  /** What the class sees. */
  get shown(): Place | null {
    void this.version.value;
    return this.board.shown;
  }

  /** What this page shows. */
  get seen(): Place | null {
    const shown = this.shown;
    return shown && (this.wanted.value ?? this.look.value ?? shown);
  }

  /** Whether somebody may draw though they do not show the slides. */
  lets(person: string): boolean {
    void this.version.value;
    return this.board.pens.has(EVERYBODY) || this.board.pens.has(person);
  }

  /** Whether the whole class may draw. */
  get everybody(): boolean {
    return this.lets(EVERYBODY);
  }

  on(place: Place): readonly Stroke[] {
    void this.version.value;
    const mine = this.unsent.value.filter(one => same(one.place, place)).map(one => one.stroke);
    return mine.length > 0 ? [...this.board.on(place), ...mine] : this.board.on(place);
  }

  hear(message: ServerMessage): void {
    if (message.type === "welcome") void this.flush();
    else if (message.type === "event" && /^slides\.|^session\.closed$/.test(message.kind)) {
      this.event(message.kind, message.actor, message.data);
    } else if (message.type === "slides") this.news(message.word, message.data);
  }

  start(): void {
    this.timer = setInterval(() => this.sweep(), 1000);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private event(kind: string, person: string, data: Record<string, unknown>): void {
    const before = this.board.shown;
    this.board.apply(kind, person, data);
    if (kind === "slides.drawn") {
      const id = text(data["stroke"]);
      this.dropTrail(id);
      if (this.unsent.peek().some(one => one.stroke.id === id)) this.done(id);
      if (this.taken.delete(id)) void this.ask("slides.undo", { ...readPlace(data), stroke: id });
    }
    const { shown } = this.board;
    if (!shown) this.look.value = this.wanted.value = null;
    if (same(this.wanted.peek(), shown)) this.wanted.value = null;
    if (shown && !before) this.large.value = true;
    if (shown && (same(this.look.peek(), shown) || (before && before.deck !== shown.deck))) {
      this.look.value = null;
    }
    if (shown) this.learn(shown.deck);
    this.version.value += 1;
  }

  private news(word: string, data: Record<string, unknown>): void {
    const person = text(data["person"]);
    const place = readPlace(data);
    const at = Date.now();
    if (word === "slides.deck") {
      const deck = readDeck(data["deck"]);
      if (deck) this.decks.value = new Map(this.decks.value).set(deck.id, deck);
    } else if (word === "slides.point") {
      const pointers = new Map(this.pointers.value);
      const [x, y] = [Number(data["x"]), Number(data["y"])];
      if (x < 0) pointers.delete(person);
      else pointers.set(person, { place, x, y, at });
      this.pointers.value = pointers;
    } else if (word === "slides.trail") {
      const more = readStroke(data, person, false);
      if (!more || this.board.on(place).some(one => one.id === more.id)) return;
      const known = this.trails.value.get(more.id);
      const points = [...(known?.stroke.points ?? []), ...more.points];
      this.trails.value = new Map(this.trails.value).set(more.id, {
        place,
        stroke: { ...more, points },
        at,
      });
    }
  }

  private dropTrail(id: string): void {
    if (!this.trails.peek().has(id)) return;
    const trails = new Map(this.trails.peek());
    trails.delete(id);
    this.trails.value = trails;
  }

  private sweep(now = Date.now()): void {
    for (const [kept, most] of [
      [this.trails, FORGET_TRAIL],
      [this.pointers, FORGET_POINTER],
    ] as const) {
      const fresh = [...kept.value].filter(([, one]) => now - one.at < most);
      if (fresh.length < kept.value.size) kept.value = new Map(fresh as [string, never][]);
    }
    if (this.unsent.peek().length > 0) void this.flush();
    if (this.board.shown) this.learn(this.board.shown.deck); // again, if the server was away
    // News of its last pages may have been told before this page was there to hear them.
    const shown = this.board.shown && this.decks.peek().get(this.board.shown.deck);
    if (shown?.state === "waiting" && now - this.looked > LOOK_AGAIN) {
      this.looked = now;
      void this.reload().catch(() => undefined);
    }
  }

  /** Ask once what a deck is: its name, pages, and whether it may be taken along. */
  private learn(deck: string): void {
    if (this.decks.peek().has(deck) || this.asked.has(deck)) return;
    this.asked.add(deck);
    void this.reload().catch(() => this.asked.delete(deck));
  }

  async reload(): Promise<void> {
    const answer = await get<{ items: unknown[] }>(`/lessons/${encodeURIComponent(this.lesson)}/slides`);
    const found = answer.items.flatMap(one => readDeck(one) ?? []);
    this.decks.value = new Map(found.map(deck => [deck.id, deck]));
  }

  // --- what people do -------------------------------------------------------------------------------

  /** Turn for everybody. */
  async show(place: Place): Promise<void> {
    this.wanted.value = place;
    this.look.value = null;
    this.large.value = true;
    const held = await this.ask("slides.show", { ...place });
    // The answer may overtake the event: until that comes the page stays, or it would flicker back.
    if (held) await new Promise(go => setTimeout(go, SETTLE));
    if (same(this.wanted.peek(), place)) this.wanted.value = null;
  }

  /** Leaf through alone; the page that the class sees ends it. */
  leaf(place: Place): void {
    this.look.value = same(place, this.board.shown) ? null : place;
  }

  close(): Promise<boolean> {
    return this.ask("slides.close", {});
  }

  /** Let somebody draw, or everybody, or no longer. */
  lend(person: string, on: boolean): Promise<boolean> {
    return this.ask("slides.pens", { person, on });
  }

  clear(place: Place): Promise<boolean> {
    return this.ask("slides.clear", { ...place });
  }

  draw(place: Place, stroke: Stroke): void {
    this.keep([...this.unsent.peek(), { place, stroke }]);
    void this.flush();
  }

  /** Take back the newest stroke that `person` drew on a page. */
  async undo(place: Place, person: string): Promise<void> {
    const last = this.on(place).findLast(one => one.person === person);
    if (last && this.unsent.peek().some(one => one.stroke.id === last.id)) {
      this.taken.add(last.id); // it may be on its way already
      this.done(last.id);
    } else if (last) await this.ask("slides.undo", { ...place, stroke: last.id });
  }

  trail(place: Place, stroke: Stroke, points: readonly number[]): void {
    const { id, kind, colour, width } = stroke;
    const body = { ...place, stroke: id, shape: kind, colour, width, points };
    this.socket.request("slides.trail", body).catch(() => undefined); // the finished stroke comes anyway
  }

  point(place: Place, x: number, y: number): void {
    this.socket.request("slides.point", { ...place, x, y }).catch(() => undefined);
  }

  private async ask(type: string, body: Record<string, unknown>): Promise<boolean> {
    try {
      await this.socket.request(type, body);
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && !error.code.startsWith("link.")) toast(error.message, "fault");
      return false;
    }
  }

  /** Send what waits, one after another so that the order stays. */
  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.unsent.peek()[0]; next; next = this.unsent.peek()[0]) {
        const { place, stroke } = next;
        const { id, kind, colour, width, points, text: words } = stroke;
        const body = { ...place, stroke: id, shape: kind, colour, width, points: steps(points), text: words };
        try {
          await this.socket.request("slides.draw", body);
          // Its event may come a little after the answer: it stays drawn until then.
          if (!this.board.on(place).some(one => one.id === id)) await new Promise(go => setTimeout(go, 20));
          if (this.unsent.peek()[0]?.stroke.id === id) this.done(id);
        } catch (error) {
          if (!(error instanceof RequestFailed) || error.code.startsWith("link.")) return;
          if (error.retryAfter > 0) await new Promise(go => setTimeout(go, error.retryAfter * 1000));
          else if (error.code === "session.not_open") await new Promise(go => setTimeout(go, AGAIN));
          else {
            this.done(id);
            toast(error.message, "fault");
          }
        }
      }
    } finally {
      this.sending = false;
    }
  }

  private done(id: string): void {
    this.keep(this.unsent.peek().filter(one => one.stroke.id !== id));
  }

  private keep(unsent: readonly Unsent[]): void {
    this.unsent.value = unsent;
    try {
      this.drawer?.setItem(this.memory, JSON.stringify(unsent));
    } catch {
      // No room or no storage: it is kept as long as the page.
    }
  }

  private get memory(): string {
    return `sabak.strokes.${this.lesson}`;
  }

  private remembered(): Unsent[] {
    try {
      const kept: unknown = JSON.parse(this.drawer?.getItem(this.memory) ?? "[]");
      if (!Array.isArray(kept)) return [];
      return kept.filter(isObject).flatMap(one => {
        const [place, given] = [one["place"], one["stroke"]];
        if (!isObject(place) || !isObject(given)) return [];
        const stroke = readStroke(
          { ...given, stroke: given["id"], shape: given["kind"] },
          text(given["person"]),
          false,
        );
        return stroke ? [{ place: readPlace(place), stroke }] : [];
      });
    } catch {
      return [];
    }
  }
}
