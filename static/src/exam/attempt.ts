/**
 * The attempt of one student as this page knows it: begun or taken over here, looked at every five
 * seconds and at each word of the server, carried on over a lost link. The server's views flow in; the
 * newest view, the time, the answers and the browser's events flow out.
 */
import { computed, signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { AnswerBook } from "./answers";
import { beginAttempt, readAttempt, saveAnswer, sendEvents } from "./api";
import { ExamClock } from "./clock";
import { EventQueue } from "./events";
import { openDrawer, randomName, tabName } from "./store";
import type { Agent, AttemptView } from "./types";

const LOOK_EVERY = 5_000;

/** Codes after which looking again is pointless: this is not an exam of this person. */
const CLOSED = new Set([401, 403, 404]);

export class Attempt {
  readonly view = signal<AttemptView | null>(null);
  /** Why there is nothing to show; undefined while all is well. */
  readonly fault = signal<unknown>(undefined);
  /** The server answers. */
  readonly linked = signal(true);
  /** Moves every second, so that what shows time is drawn again. */
  readonly second = signal(0);
  readonly clock = new ExamClock();
  /** Another tab or computer has the attempt; here is nothing to write. */
  readonly elsewhere = computed(() => this.view.value !== null && !this.view.value.held);
  readonly answers: AnswerBook;
  events: EventQueue | null = null;
  tab = "";

  private readonly drawer = openDrawer();
  private readonly place: string;
  private timer: ReturnType<typeof setInterval> | undefined;
  private ticker: ReturnType<typeof setInterval> | undefined;
  private asking = false;
  private stopped = false;

  constructor(
    readonly exam: string,
    person: string,
    private readonly agent: Agent,
  ) {
    this.place = `sabak.exam.${exam}.${person}`;
    this.answers = new AnswerBook(`${this.place}.answer`, this.drawer, (question, answer) =>
      saveAnswer(exam, this.tab, question, answer),
    );
  }

  async start(): Promise<void> {
    this.tab = await tabName(this.exam);
    if (this.stopped) return;
    this.ticker = setInterval(() => (this.second.value += 1), 1000);
    await this.open();
    this.timer = setInterval(() => void this.look(), LOOK_EVERY);
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    clearInterval(this.ticker);
    this.answers.stop();
    this.events?.stop();
  }

  /** The server's time now, ms. */
  now(): number {
    return this.clock.now(performance.now());
  }

  secondsLeft(): number {
    return this.clock.secondsLeft(performance.now());
  }

  /** Begin, or go on here: from now on this tab holds the attempt. */
  async take(): Promise<void> {
    await this.act(() => beginAttempt(this.exam, this.tab, this.agent));
    this.events ??= new EventQueue(`${this.place}.events`, this.tab, randomName(), this.drawer, events =>
      sendEvents(this.exam, this.tab, events),
    );
    void this.answers.flush();
  }

  /** Run a call whose answer is the newest view. Throws what the call throws. */
  async act(run: () => Promise<AttemptView>): Promise<void> {
    const asked = performance.now();
    this.put(await run(), asked);
  }

  /** Run a call that answers something else, then look. */
  async tell(run: () => Promise<unknown>): Promise<void> {
    await run();
    await this.look();
  }

  put(view: AttemptView, asked = performance.now()): void {
    const came = performance.now();
    const before = this.view.value;
    this.clock.take(view, asked, came);
    const questions = view.questions.map(question => question.id);
    if (view.held) this.answers.load(view.answers, questions);
    if (!this.linked.value || (before && before.state !== view.state)) void this.answers.flush();
    this.linked.value = true;
    this.fault.value = undefined;
    this.view.value = view;
    const done = view.state === "submitted" || view.state === "over";
    if (done && !this.answers.unsent) this.answers.forget();
  }

  async look(): Promise<void> {
    if (this.asking || this.stopped || !this.tab) return;
    if (!this.view.value) return this.open();
    this.asking = true;
    try {
      await this.act(() => readAttempt(this.exam, this.tab));
      void this.events?.flush();
    } catch (error) {
      this.missed(error);
    } finally {
      this.asking = false;
    }
  }

  /** Another tab is asked about before it is taken from; an attempt of nobody's is begun. */
  private async open(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const asked = performance.now();
      const found = await readAttempt(this.exam, this.tab).catch((error: unknown) => {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return null;
        throw error;
      });
      if (found?.elsewhere) this.put(found, asked);
      else await this.take();
    } catch (error) {
      this.missed(error);
    } finally {
      this.asking = false;
    }
  }

  private missed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0 || error.status >= 500) this.linked.value = false;
    if (!this.view.value || CLOSED.has(error.status)) this.fault.value = error;
  }
}
