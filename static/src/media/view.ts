/**
 * Tells the server what this page draws: which slots are visible and how high, in real pixels, which
 * page of tiles is open and who is pinned. Hidden slots cost nothing. Sizes flow in as the page lays
 * itself out; one calm `media.view` flows out when something that matters has changed.
 */

import type { SlotName } from "./slots";

export interface View {
  page: number;
  pinned: string;
  hidden: SlotName[];
  heights: Record<SlotName, number>;
}

const SETTLE = 200;
/** Heights are told in steps, so that a resized window does not send a message per pixel. */
const STEP = 45;

export class ViewReporter {
  private page = 0;
  private pinned = "";
  private pageHidden = false;
  private readonly sizes = new Map<SlotName, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sent = "";

  constructor(
    private readonly slots: readonly SlotName[],
    private readonly send: (view: View) => Promise<unknown>,
  ) {}

  /** A slot is drawn `height` CSS pixels high at `ratio` device pixels each; 0 is not drawn. */
  size(slot: SlotName, height: number, ratio = 1): void {
    const pixels = Math.ceil((height * Math.min(ratio, 2)) / STEP) * STEP;
    if (this.sizes.get(slot) === pixels) return;
    this.sizes.set(slot, pixels);
    this.later();
  }

  turn(page: number): void {
    if (page === this.page) return;
    this.page = page;
    this.later(0);
  }

  pin(person: string): void {
    if (person === this.pinned) return;
    this.pinned = person;
    this.later(0);
  }

  /** The browser tab is in the background: sound goes on, pictures rest. */
  hide(hidden: boolean): void {
    if (hidden === this.pageHidden) return;
    this.pageHidden = hidden;
    this.later(hidden ? 1500 : 0);
  }

  view(): View {
    const height = (slot: SlotName) => (this.pageHidden ? 0 : (this.sizes.get(slot) ?? 0));
    const drawn = this.slots.filter(slot => height(slot) > 0);
    return {
      page: this.page,
      pinned: this.pinned,
      hidden: this.slots.filter(slot => height(slot) === 0),
      heights: Object.fromEntries(drawn.map(slot => [slot, height(slot)])),
    };
  }

  /** A new connection or a new socket: the server has to hear it again. */
  again(): void {
    this.sent = "";
    this.later(0);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(after = SETTLE): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.tell(), after);
  }

  private async tell(): Promise<void> {
    const view = this.view();
    const words = JSON.stringify(view);
    if (words === this.sent) return;
    this.sent = words;
    try {
      await this.send(view);
    } catch {
      this.sent = ""; // told again after the next welcome
    }
  }
}
