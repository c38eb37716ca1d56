/**
 * Comings and goings in a few calm words for screen readers: one sentence per few seconds, however many
 * people stream in. Single comings flow in, a batch flows out after a quiet moment. Pure but for the
 * timer, which the owner stops.
 */
import type { Coming } from "./state";

export interface Batch {
  joined: string[];
  left: string[];
}

const QUIET = 2500;

/** Who came and went within a batch cancels out. */
export function batch(comings: readonly Coming[]): Batch {
  const joined: string[] = [];
  const left: string[] = [];
  for (const { joined: came, name } of comings) {
    const [to, other] = came ? [joined, left] : [left, joined];
    const at = other.indexOf(name);
    if (at >= 0) other.splice(at, 1);
    else to.push(name);
  }
  return { joined, left };
}

export class Announcer {
  private waiting: Coming[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (batch: Batch) => void) {}

  add(coming: Coming): void {
    this.waiting.push(coming);
    this.timer ??= setTimeout(() => this.flush(), QUIET);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  private flush(): void {
    const ready = batch(this.waiting);
    this.timer = undefined;
    this.waiting = [];
    if (ready.joined.length > 0 || ready.left.length > 0) this.tell(ready);
  }
}
