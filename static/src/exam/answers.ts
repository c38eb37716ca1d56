/**
 * The answers on this computer: each key stroke is kept at once, sent 800 ms after the last one, and sent
 * again without end until the server holds it. What the student writes and what the server has flow in;
 * drafts with a word on where they are kept flow out.
 *
 * Numbers: `n` grows with each change here, `base` is the last the server confirmed, `tried` what was sent
 * last. A server that is past `base` with something we never sent was written from another computer: then
 * its text is shown, and ours stands beside it.
 */
import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import type { Drawer } from "./store";
import type { Answer } from "./types";

export type Kept =
  | "empty" // nothing was written
  | "saved" // the server holds it
  | "here" // on this computer only; it will be sent
  | "sending";

interface Content {
  text: string;
  choice: number[];
}

export interface Draft extends Content {
  n: number;
  base: number;
  tried: Content | null;
  /** When the server saved `base`, its clock; null before. */
  saved: string | null;
  kept: Kept;
  /** What was written here and not sent before another computer wrote. */
  other: string;
}

export type Save = (
  question: string,
  answer: Content & { n: number },
) => Promise<{ n: number; saved: string }>;

export const SEND_AFTER = 800;
const AGAIN = [1_000, 2_000, 4_000, 8_000, 10_000]; // ms between tries; the last without end

const NOTHING: Draft = {
  text: "",
  choice: [],
  n: 0,
  base: 0,
  tried: null,
  saved: null,
  kept: "empty",
  other: "",
};

const same = (a: Content, b: Content): boolean =>
  a.text === b.text &&
  a.choice.length === b.choice.length &&
  a.choice.every((one, at) => one === b.choice[at]);

export class AnswerBook {
  readonly drafts = signal<Readonly<Record<string, Draft>>>({});
  /** The exam was over when the last words came: they stay on this computer. */
  readonly late = signal(false);
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly tries = new Map<string, number>();
  private readonly busy = new Set<string>();
  private stopped = false;

  constructor(
    /** Of this exam and this person, so that two students of one computer never meet. */
    private readonly place: string,
    private readonly drawer: Drawer,
    private readonly save: Save,
  ) {}

  of(question: string): Draft {
    return this.drafts.value[question] ?? NOTHING;
  }

  /** Some draft is not with the server yet. */
  get unsent(): boolean {
    return Object.values(this.drafts.value).some(draft => draft.n > draft.base);
  }

  /** What the server has, at the start and with every look. Answers written here are not overwritten. */
  load(answers: Readonly<Record<string, Answer>>, questions: readonly string[]): void {
    const drafts = { ...this.drafts.value };
    let changed = false;
    for (const question of questions) {
      const known = drafts[question];
      const draft = known ?? this.remembered(question);
      const merged = this.busy.has(question) ? draft : merge(draft, answers[question]);
      if (merged === known) continue;
      drafts[question] = merged;
      changed = true;
      this.remember(question, merged);
      if (merged.n > merged.base && !this.timers.has(question)) this.later(question, 0);
    }
    if (changed) this.drafts.value = drafts;
  }

  write(question: string, content: Partial<Content>): void {
    const draft = this.of(question);
    const next = { ...draft, ...content };
    if (same(next, draft)) return;
    this.tries.delete(question);
    this.put(question, { ...next, n: Math.max(draft.n, draft.base) + 1, kept: "here" });
    this.later(question, SEND_AFTER);
  }

  /** The text that was left aside on this computer has been taken over or is not needed. */
  forgetOther(question: string): void {
    this.put(question, { ...this.of(question), other: "" });
  }

  /** Try now: the network came back, the exam goes on, or it is about to be handed in. */
  async flush(): Promise<void> {
    this.tries.clear();
    await Promise.all(Object.keys(this.drafts.value).map(question => this.send(question)));
  }

  /** All is with the server for good: nothing of it stays on this computer. */
  forget(): void {
    for (const question of Object.keys(this.drafts.value)) this.drawer.removeItem(this.key(question));
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private later(question: string, ms: number): void {
    clearTimeout(this.timers.get(question));
    if (this.stopped) return;
    this.timers.set(
      question,
      setTimeout(() => {
        this.timers.delete(question);
        void this.send(question);
      }, ms),
    );
  }

  private async send(question: string): Promise<void> {
    const draft = this.of(question);
    if (draft.n <= draft.base || this.busy.has(question)) return;
    this.busy.add(question);
    const sent = { text: draft.text, choice: draft.choice };
    this.put(question, { ...draft, tried: sent, kept: "sending" });
    try {
      const { n, saved } = await this.save(question, { ...sent, n: draft.n });
      const now = this.of(question);
      this.late.value = false;
      this.tries.delete(question);
      this.put(question, { ...now, base: n, saved, kept: now.n > n ? "here" : "saved" });
      if (now.n > n) this.later(question, SEND_AFTER);
    } catch (error) {
      this.failed(question, error);
    } finally {
      this.busy.delete(question);
    }
  }

  private failed(question: string, error: unknown): void {
    const draft = this.of(question);
    const newest =
      error instanceof ApiError && error.code === "exam.older" ? Number(error.details["n"]) : NaN;
    if (newest >= draft.n) {
      // The server is ahead of our count: what is on the screen is the newest all the same.
      this.put(question, { ...draft, n: newest + 1, base: newest, kept: "here" });
      this.later(question, 0);
      return;
    }
    this.late.value = error instanceof ApiError && error.code === "exam.state";
    const tried = this.tries.get(question) ?? 0;
    this.tries.set(question, tried + 1);
    this.put(question, { ...draft, kept: "here" });
    this.later(question, AGAIN[Math.min(tried, AGAIN.length - 1)] ?? SEND_AFTER);
  }

  private put(question: string, draft: Draft): void {
    this.drafts.value = { ...this.drafts.value, [question]: draft };
    this.remember(question, draft);
  }

  private key(question: string): string {
    return `${this.place}.${question}`;
  }

  private remember(question: string, draft: Draft): void {
    const { text, choice, n, base, tried, other } = draft;
    if (n > 0)
      this.drawer.setItem(this.key(question), JSON.stringify({ text, choice, n, base, tried, other }));
  }

  private remembered(question: string): Draft {
    try {
      const kept = JSON.parse(this.drawer.getItem(this.key(question)) ?? "null") as Partial<Draft> | null;
      if (!kept || typeof kept.text !== "string" || !Array.isArray(kept.choice)) return NOTHING;
      const n = Number(kept.n) || 0;
      const base = Number(kept.base) || 0;
      return {
        text: kept.text,
        choice: kept.choice.filter(one => typeof one === "number"),
        n,
        base,
        tried: kept.tried ?? null,
        saved: null,
        kept: n > base ? "here" : "saved",
        other: typeof kept.other === "string" ? kept.other : "",
      };
    } catch {
      return NOTHING;
    }
  }
}

/** A draft of this computer with what the server has; the draft itself where nothing changes. */
export function merge(draft: Draft, server: Answer | undefined): Draft {
  if (!server || (server.n === 0 && !server.text && server.choice.length === 0)) return draft;
  const unsent = draft.n > draft.base;
  const known = draft.tried !== null && same(draft.tried, server);
  if (server.n <= draft.base || (known && server.n <= draft.n)) {
    // Nothing new; at most the answer to our own sending was lost on its way.
    const base = Math.max(draft.base, known ? server.n : 0);
    const kept: Kept = draft.n > base ? (draft.kept === "sending" ? "sending" : "here") : "saved";
    if (base === draft.base && draft.saved === server.saved && kept === draft.kept) return draft;
    return { ...draft, base, saved: server.saved ?? draft.saved, kept };
  }
  const other = unsent && draft.text.trim() && draft.text !== server.text ? draft.text : draft.other;
  return {
    text: server.text,
    choice: server.choice,
    n: server.n,
    base: server.n,
    tried: null,
    saved: server.saved,
    kept: "saved",
    other,
  };
}
