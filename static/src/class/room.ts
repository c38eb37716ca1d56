/**
 * One visit of one person to one class: the socket, the media, the sound and the state, made together on
 * joining and ended together on leaving. Clicks flow in; the page reads the signals of the parts. When
 * the class socket stays away, the HTTP API is asked whether coming back is still possible at all.
 */
import { signal } from "@preact/signals";
import { ApiError, get } from "../api/client";
import type { LocalMedia } from "../media/local";
import { Outbox } from "../media/outbox";
import { MediaSession } from "../media/session";
import { ClassSocket } from "../media/socket";
import { Sound } from "../media/sound";
import type { Source } from "../media/wire";
import { Captions } from "./captions/captions";
import { Slides } from "./slides/slides";
import { Together } from "./together/together";
import { ClassState } from "./state";

/** Why the visit is over; `""` while it lasts. */
export type Over = "" | "ended" | "left" | "taken" | "revoked" | "removed" | "out" | "locked" | "refused";

const PROBE_AFTER = 3_000; // ms without a socket before HTTP is asked
const PROBE_EVERY = 4_000;

/** The server's last word as one of the pages a person can see. */
export function overBy(code: string): Over {
  if (code === "session.closed") return "ended";
  if (code === "seat.taken") return "taken";
  if (code === "class.removed") return "out";
  if (code === "class.locked") return "locked";
  if (code === "lobby.refused") return "refused";
  if (code.startsWith("login.")) return "revoked";
  return "removed";
}

function randomId(): string {
  // crypto.randomUUID is hidden on plain http from another machine; getRandomValues is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/** The same through a reload of this tab, so that the server knows its seat again and nobody "left". */
function tabId(): string {
  const place = "sabak.tab";
  const kept = drawer().getItem(place);
  if (kept) return kept;
  const made = randomId();
  try {
    drawer().setItem(place, made);
  } catch {
    // No storage: a reload counts as a new tab.
  }
  return made;
}

function drawer(): Storage | { getItem: (key: string) => null; setItem: () => void } {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined };
  }
}

/** Where choices are kept that outlast the tab. */
function keeper(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export function socketUrl(lesson: string, at: Location = location): string {
  return `${at.protocol === "https:" ? "wss" : "ws"}://${at.host}/ws/lessons/${encodeURIComponent(lesson)}`;
}

export class Room {
  readonly state = new ClassState();
  readonly over = signal<Over>("");
  /** In the words of who sent you away. */
  readonly reason = signal("");
  readonly outbox: Outbox;
  readonly socket: ClassSocket;
  readonly media: MediaSession;
  readonly sound: Sound;
  readonly slides: Slides;
  readonly together = new Together();
  readonly captions = new Captions(keeper());
  private readonly undo: (() => void)[] = [];
  private probe: ReturnType<typeof setInterval> | undefined;
  private asking = false;

  constructor(
    readonly lesson: string,
    readonly local: LocalMedia,
    small: boolean,
  ) {
    this.outbox = new Outbox(drawer(), `sabak.unsent.${lesson}`, randomId);
    this.socket = new ClassSocket({ url: socketUrl(lesson), tab: tabId(), outbox: this.outbox });
    this.slides = new Slides(lesson, this.socket, drawer());
    this.media = new MediaSession({ socket: this.socket, small });
    this.sound = new Sound(
      this.media.audio.flatMap(name => this.media.slots.get(name) ?? []),
      () => this.state.you.value,
    );
  }

  start(): void {
    this.undo.push(
      this.socket.listen(message => {
        this.state.apply(message);
        this.slides.hear(message);
        this.captions.hear(message);
        this.together.hear(message);
        if (message.type === "bye") {
          this.reason.value = message.reason;
          this.finish(overBy(message.code));
        }
        if (message.type === "rights" || message.type === "welcome") this.obey(message.rights.publish);
      }),
    );
    let mutes = this.state.order.mutes.peek();
    this.undo.push(
      this.state.order.mutes.subscribe(now => {
        if (now !== mutes) this.local.release("mic");
        mutes = now;
      }),
    );
    // Whoever joins without a camera has seen why on the page before.
    this.local.accept();
    this.media.start();
    this.local.connect((source, track) => this.media.put(source, track));
    void this.sound.speaker(this.local.choices.value.speakerDevice);
    const nudge = (): void => {
      if (!document.hidden) this.socket.nudge();
    };
    window.addEventListener("online", nudge);
    document.addEventListener("visibilitychange", nudge);
    this.undo.push(() => {
      window.removeEventListener("online", nudge);
      document.removeEventListener("visibilitychange", nudge);
    });
    this.probe = setInterval(() => void this.ask(), PROBE_EVERY);
    this.slides.start();
    this.socket.start();
  }

  /** Go out; the class goes on. */
  leave(): void {
    this.socket.stop(true);
    this.finish("left");
  }

  /** Take everything down without a last page; used when the page itself goes away. */
  stop(): void {
    for (const undo of this.undo.splice(0)) undo();
    clearInterval(this.probe);
    this.slides.stop();
    this.media.stop();
    this.sound.stop();
    this.socket.stop();
    this.local.stop();
  }

  private finish(over: Over): void {
    if (this.over.value) return;
    this.over.value = over;
    this.stop();
  }

  /** Rights were taken: what may no longer be sent is switched off here too. */
  private obey(publish: readonly Source[]): void {
    for (const source of ["mic", "cam", "screen"] as const) {
      if (!publish.includes(source)) this.local.release(source);
    }
  }

  private async ask(): Promise<void> {
    const since = this.socket.downSince.value;
    if (!since || performance.now() - since < PROBE_AFTER || this.over.value || this.asking) return;
    this.asking = true;
    try {
      await get(`/lessons/${this.lesson}`);
    } catch (error) {
      if (!(error instanceof ApiError)) return;
      if (error.status === 401) this.finish("revoked");
      if (error.status === 403 || error.status === 404) this.finish("removed");
    } finally {
      this.asking = false;
    }
  }
}
