/**
 * The page's end of the class WebSocket. It opens with `hello` and the last event seen, answers
 * promises by request id, hands on each numbered event once and in order, keeps unsent chat and sends
 * it again, and comes back by itself for as long as the server does not say `bye`. Messages flow out to
 * `listen`ers; `state` is what the page shows.
 */

import { signal } from "@preact/signals";

import { SOCKET_PACE, wait } from "./backoff";
import type { Outbox } from "./outbox";
import { readMessage, type ServerMessage, type Welcome } from "./wire";

export type SocketState = "connecting" | "open" | "reconnecting" | "gone";

/** A request that did not end well. `code` is the server's, or `link.down` / `link.timeout`. */
export class RequestFailed extends Error {
  constructor(
    readonly code: string,
    message = "",
    /** Seconds after which the same request may pass; 0 where waiting does not help. */
    readonly retryAfter = 0,
  ) {
    super(message || code);
  }
}

interface Pending {
  resolve(data: Record<string, unknown>): void;
  reject(error: RequestFailed): void;
  timer: ReturnType<typeof setTimeout>;
}

export interface SocketOptions {
  url: string;
  /** Random per page; the same after a reconnect, so that the server knows its seat again. */
  tab: string;
  outbox: Outbox;
  /** The last event this page has seen, 0 for none. */
  after?: number;
  make?: (url: string) => WebSocket;
  random?: () => number;
}

const ANSWER_WITHIN = 8000;
const WELCOME_WITHIN = 6000;
/** Ask for a sign of life this often; a half-open TCP connection says nothing by itself. */
const PING_EVERY = 8000;
const PONG_WITHIN = 4000;
/** A connection may be this long in the making before a nudge begins it anew, ms. */
const STUCK_AFTER = 1000;

export class ClassSocket {
  readonly state = signal<SocketState>("connecting");
  /** The code of the server's `bye`, empty before. */
  readonly bye = signal("");
  /** When the connection was lost (performance.now), 0 while it stands. */
  readonly downSince = signal(0);

  private socket: WebSocket | null = null;
  private welcomed = false;
  private last: number;
  private tries = 0;
  private openedAt = 0;
  private nextId = 1;
  private readonly pending = new Map<string, Pending>();
  private readonly listeners = new Set<(message: ServerMessage) => void>();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private stopped = false;

  constructor(private readonly options: SocketOptions) {
    this.last = options.after ?? 0;
  }

  /** The number of the last event handed on. */
  get lastSeen(): number {
    return this.last;
  }

  listen(listener: (message: ServerMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    if (!this.socket && !this.stopped) this.open();
  }

  /** Go for good. `leaving`: on purpose, so that nobody is kept waiting for a return. */
  stop(leaving = false): void {
    // The answer is not awaited: closing a WebSocket sends what was written before.
    if (leaving) this.request("leave").catch(() => undefined);
    this.stopped = true;
    clearTimeout(this.retryTimer);
    this.drop();
    this.state.value = "gone";
  }

  /**
   * The page woke up, the network came back or the media broke off: look now instead of when the timer
   * says. A connection that stands has `within` ms to answer; one that is being made begins anew, because
   * its first packet may have gone nowhere and TCP repeats it late.
   */
  nudge(within = 2000): void {
    if (this.stopped) return;
    if (this.welcomed) {
      this.ping(within);
    } else if (!this.socket || performance.now() - this.openedAt > STUCK_AFTER) {
      this.drop();
      this.tries = 0;
      this.open();
    }
  }

  /** Ask and wait. Rejects with RequestFailed. */
  request(
    type: string,
    body: Record<string, unknown> = {},
    within = ANSWER_WITHIN,
  ): Promise<Record<string, unknown>> {
    if (!this.welcomed || !this.socket) return Promise.reject(new RequestFailed("link.down"));
    const id = String(this.nextId++);
    const socket = this.socket;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(id, new RequestFailed("link.timeout")), within);
      this.pending.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ ...body, type, id }));
    });
  }

  /** Say a line in the chat, `to` one person or to everybody. It is kept until the server holds it. False
   * when it is empty. */
  say(text: string, to = ""): boolean {
    const line = this.options.outbox.add(text, to);
    if (line) void this.flush();
    return line !== null;
  }

  /** Send what waits in the outbox, one after another so that the order stays. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (;;) {
        const line = this.options.outbox.waiting()[0];
        if (!line || !this.welcomed) return;
        try {
          const { key, text, to } = line;
          await this.request("chat.send", to ? { key, text, to } : { key, text });
          this.options.outbox.done(line.key);
        } catch (error) {
          const { code, retryAfter } =
            error instanceof RequestFailed ? error : new RequestFailed("link.down");
          if (code.startsWith("link.")) {
            if (code === "link.timeout") this.lost();
            return; // sent again, with the same key, after the next welcome
          }
          if (retryAfter > 0) await new Promise(go => setTimeout(go, retryAfter * 1000));
          else this.options.outbox.refuse(line.key, code);
        }
      }
    } finally {
      this.sending = false;
    }
  }

  private open(): void {
    const make = this.options.make ?? (url => new WebSocket(url));
    const socket = make(this.options.url);
    this.socket = socket;
    this.openedAt = performance.now();
    this.welcomed = false;
    this.pingTimer = setTimeout(() => this.lost(), WELCOME_WITHIN);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      socket.send(JSON.stringify({ type: "hello", after: this.last, tab: this.options.tab }));
    };
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket === socket && typeof event.data === "string") this.take(event.data);
    };
    socket.onclose = (event: CloseEvent) => {
      if (this.socket !== socket) return;
      // RFC 6455 section 7.4.1: 1008 is a policy refusal; trying again cannot change the answer. A hello
      // that a weak link held up is the exception.
      if (event.code === 1008 && event.reason !== "hello.missing") this.goodbye(event.reason || "refused");
      else this.lost();
    };
    socket.onerror = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private take(frame: string): void {
    const message = readMessage(frame);
    if (!message) return;
    this.alive();
    switch (message.type) {
      case "welcome":
        this.greet(message);
        return;
      case "ok":
        this.settle(message.id, message.data);
        return;
      case "error":
        if (message.id) {
          this.settle(message.id, new RequestFailed(message.code, message.message, message.retryAfter));
        }
        return;
      case "bye":
        this.goodbye(message.code);
        return;
      case "event":
        if (message.n !== 0 && message.n <= this.last) return;
        this.last = Math.max(this.last, message.n);
        this.tell(message);
        return;
      default:
        this.tell(message);
    }
  }

  private greet(message: Welcome): void {
    this.welcomed = true;
    this.tries = 0;
    this.downSince.value = 0;
    this.state.value = "open";
    this.tell(message);
    void this.flush();
  }

  private tell(message: ServerMessage): void {
    for (const listener of [...this.listeners]) listener(message);
  }

  /** Something came: the link lives; ask again after a quiet while. */
  private alive(): void {
    clearTimeout(this.pingTimer);
    this.pingTimer = setTimeout(() => this.ping(PONG_WITHIN), PING_EVERY);
  }

  private ping(within: number): void {
    const asked = this.socket;
    this.request("ping", {}, within).catch((error: RequestFailed) => {
      if (error.code === "link.timeout" && this.socket === asked) this.lost();
    });
  }

  private settle(id: string, outcome: Record<string, unknown> | RequestFailed): void {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    clearTimeout(waiting.timer);
    if (outcome instanceof RequestFailed) waiting.reject(outcome);
    else waiting.resolve(outcome);
  }

  private goodbye(code: string): void {
    this.stopped = true;
    this.bye.value = code || "bye";
    this.drop();
    this.state.value = "gone";
    this.tell({ type: "bye", code: this.bye.value });
  }

  private lost(): void {
    if (this.stopped) return;
    this.drop();
    if (!this.downSince.value) this.downSince.value = performance.now();
    if (this.state.value === "open") this.state.value = "reconnecting";
    const random = this.options.random ?? Math.random;
    this.retryTimer = setTimeout(() => this.open(), wait(this.tries, SOCKET_PACE, random()));
    this.tries += 1;
  }

  private drop(): void {
    clearTimeout(this.pingTimer);
    clearTimeout(this.retryTimer);
    const socket = this.socket;
    this.socket = null;
    this.welcomed = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    }
    for (const id of [...this.pending.keys()]) this.settle(id, new RequestFailed("link.down"));
  }
}
