/**
 * The media of one class: one connection with one offer, kept alive by the recovery ladder. Local tracks
 * and the server's words flow in through `put` and the class socket; slots with pictures and sound, the
 * state of the connection and the quality of the link flow out as signals. It never asks a person for
 * anything: whatever breaks is mended here.
 */
import { signal } from "@preact/signals";
import { Ladder, type Happening } from "./ladder";
import { pieces } from "./pause";
import { Peer, type MakePeer } from "./peer";
import { Pulse } from "./pulse";
import { judge, read, UNKNOWN, Verdict, type Quality, type Reading, type Word } from "./quality";
import { Slot } from "./slot";
import { CLASS, EXAM, WATCH } from "./layers";
import { NO_SLOTS, slotPlan, type SlotName } from "./slots";
import type { ClassSocket } from "./socket";
import { ViewReporter } from "./view";
import { text, type ServerMessage, type Source, type Welcome } from "./wire";

export type MediaState = "idle" | "connecting" | "connected" | "recovering";

const TICK = 1000;
const STATS_EVERY = 2;
/** Chromium checks a quiet path every 2.5 s; after this long without any sign the path is doubtful, ms. */
const QUIET_IS_DOUBTFUL = 4000;
const OFFER_WITHIN = 12_000;
const PULSE_EVERY = 150;
/** How long the class socket may take to answer when the media stopped, ms. */
const PROBE_WITHIN = 600;

const CUTS = { class: CLASS, exam: EXAM, watch: WATCH } as const;

type Signalling = Pick<ClassSocket, "request" | "listen" | "state" | "nudge">;

export interface SessionOptions {
  socket: Signalling;
  /** A phone: fewer tiles are asked for. */
  small: boolean;
  /** What is sent, and for whom: a class; the student's end of an exam, which receives nothing; a proctor's,
   * which sends nothing. */
  purpose?: keyof typeof CUTS;
  /** False: there is no section for a microphone at all, as where exam rules record no sound. */
  sound?: boolean;
  make?: MakePeer;
}

export class MediaSession {
  readonly state = signal<MediaState>("idle");
  readonly quality = signal<Quality>(UNKNOWN);
  readonly word = signal<Word>("unknown");
  readonly slots: ReadonlyMap<SlotName, Slot>;
  readonly tiles: readonly SlotName[];
  readonly audio: readonly SlotName[];
  readonly view: ViewReporter;

  private readonly plan: ReturnType<typeof slotPlan>;
  private readonly socket: Signalling;
  private readonly sending: Record<Source, MediaStreamTrack | null> = { mic: null, cam: null, screen: null };
  private readonly undo: (() => void)[] = [];
  private readonly verdict = new Verdict();
  private pulse = new Pulse();
  /** The media broke off and the socket was asked: if that is gone too, the address has changed. */
  private doubted = false;
  private ladder: Ladder | null = null;
  private peer: Peer | null = null;
  private round = 0;
  private settled = false;
  private epoch = "";
  private iceServers: RTCIceServer[] = [];
  private ticks = 0;
  private last: Reading | null = null;
  private signsAt = 0;
  private answeredRestart: Reading | null = null;

  constructor(private readonly options: SessionOptions) {
    this.socket = options.socket;
    this.plan = options.purpose === "exam" ? NO_SLOTS : slotPlan(options.small);
    this.audio = this.plan.audio;
    this.tiles = this.plan.video.filter(name => name.startsWith("tile"));
    const rtpTime = (slot: SlotName): number | null => this.peer?.rtpTime(slot) ?? null;
    this.slots = new Map(
      [...this.plan.audio, ...this.plan.video].map(name => [name, new Slot(name, rtpTime)]),
    );
    this.view = new ViewReporter(this.plan.video, view => this.socket.request("media.view", { ...view }));
  }

  /** Begin with the next `welcome`, and stay until `stop`. */
  start(): void {
    this.undo.push(this.socket.listen(message => this.hear(message)));
    const timer = setInterval(() => void this.tick(), TICK);
    const pulse = setInterval(() => this.feel(), PULSE_EVERY);
    this.undo.push(() => clearInterval(timer));
    this.undo.push(() => clearInterval(pulse));
    const moved = (): void => this.happened("moved");
    const seen = (): void => {
      this.view.hide(document.hidden);
      if (!document.hidden && this.peer?.pc.connectionState !== "connected") this.happened("moved");
    };
    window.addEventListener("online", moved);
    document.addEventListener("visibilitychange", seen);
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener("change", moved);
    this.undo.push(() => {
      window.removeEventListener("online", moved);
      document.removeEventListener("visibilitychange", seen);
      network?.removeEventListener("change", moved);
    });
  }

  stop(): void {
    for (const undo of this.undo.splice(0)) undo();
    this.view.stop();
    this.round += 1;
    this.peer?.close();
    this.peer = null;
    for (const slot of this.slots.values()) slot.reset();
    this.state.value = "idle";
  }

  /** Send a track, or nothing, as `source`. The server and everybody else hear of it. */
  async put(source: Source, track: MediaStreamTrack | null): Promise<void> {
    this.sending[source] = track;
    await this.peer?.put(source, track);
    this.announce();
  }

  private hear(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.welcomed(message);
        break;
      case "assigned":
        this.slots.get(message.slot)?.assign(message);
        break;
      case "needed":
        void this.peer?.need(message.source, message.height);
        break;
      case "media.lost":
        this.happened("lost");
        break;
      case "media.silent":
        this.happened("shaky");
        break;
      case "bye":
        this.stop();
        break;
      default:
    }
  }

  private welcomed(message: Welcome): void {
    this.iceServers = message.iceServers;
    // Before the opening there is nothing to receive; the opening brings a welcome of its own.
    if (message.state !== "open") return;
    if (!this.ladder) {
      this.ladder = new Ladder(performance.now());
      void this.open();
      return;
    }
    if (this.settled && message.epoch !== this.epoch) this.happened("lost");
    else this.happened(this.doubted ? "moved" : "tick");
    this.doubted = false;
    this.announce();
    this.view.again();
  }

  /** Tell what is switched on. Unheard while the socket is down; told again after the next welcome. */
  private announce(): void {
    const { mic, cam, screen } = this.sending;
    const body = { mic: mic !== null, cam: cam !== null, screen: screen !== null };
    this.socket.request("media.state", body).catch(() => undefined);
  }

  private happened(happening: Happening): void {
    if (!this.ladder) return;
    const step = this.ladder.next(happening, performance.now(), this.socket.state.value === "open");
    this.show();
    if (step === "restart") void this.restart();
    if (step === "replace") void this.open();
  }

  private show(): void {
    if (this.ladder?.phase === "up") this.state.value = "connected";
    else if (this.state.value === "connected") this.state.value = "recovering";
    else if (this.state.value === "idle") this.state.value = "connecting";
  }

  /** A connection from nothing; the old one is closed. */
  private async open(): Promise<void> {
    const round = ++this.round;
    this.ladder?.began(performance.now());
    this.settled = false;
    this.last = this.answeredRestart = null;
    this.pulse = new Pulse();
    this.doubted = false;
    this.peer?.close();
    for (const slot of this.slots.values()) slot.reset();
    this.show();
    try {
      const peer = new Peer(
        this.iceServers,
        CUTS[this.options.purpose ?? "class"],
        this.options.make ?? (one => new RTCPeerConnection(one)),
      );
      this.peer = peer;
      this.follow(peer, round);
      await peer.build(this.plan, this.options.sound ?? true, pieces());
      if (round !== this.round) return;
      for (const source of ["mic", "cam", "screen"] as const) await peer.put(source, this.sending[source]);
      const asked = this.socket.request("media.offer", await peer.offer(), OFFER_WITHIN);
      // Meanwhile, on the way to the server and back.
      const given = this.give(peer, round);
      const answer = await asked;
      if (round !== this.round) return;
      this.epoch = text(answer["epoch"]);
      await peer.answer(text(answer["sdp"]));
      this.settled = true;
      this.announce();
      this.view.again();
      await given;
    } catch {
      if (round === this.round) this.happened("failed");
    }
  }

  /** Every slot its track, in pieces: each begins to play a picture or sound. */
  private async give(peer: Peer, round: number): Promise<void> {
    const rest = pieces();
    for (const slot of this.slots.values()) {
      if (round !== this.round) return;
      slot.track.value = peer.tracks.get(slot.name) ?? null;
      await rest();
    }
  }

  private async restart(): Promise<void> {
    const { peer, round } = this;
    if (!peer || !this.settled) return;
    this.answeredRestart = null;
    try {
      const answer = await this.socket.request("media.restart", { sdp: await peer.restartOffer() });
      if (round !== this.round) return;
      await peer.answer(text(answer["sdp"]));
      this.answeredRestart = read((await peer.pc.getStats()).values());
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      // While the class socket is away the ladder waits; any other refusal ends this connection.
      if (round === this.round && code !== "link.down") this.happened("failed");
    }
  }

  private follow(peer: Peer, round: number): void {
    const { pc } = peer;
    const changed = (): void => {
      if (round !== this.round) return;
      if (pc.connectionState === "failed" || pc.iceConnectionState === "failed") this.happened("failed");
      else if (pc.iceConnectionState === "disconnected") this.happened("shaky");
      else if (pc.connectionState === "connected" && this.ladder?.phase !== "restarting")
        this.happened("connected");
    };
    pc.addEventListener("connectionstatechange", changed);
    pc.addEventListener("iceconnectionstatechange", changed);
  }

  /** Media that breaks off is the first sign of a lost path: ask the socket, which may be lost as well. */
  private feel(): void {
    if (!this.peer || !this.settled) return;
    const now = performance.now();
    if (this.pulse.take(this.peer.newest(), now)) {
      this.doubt();
    } else if (this.doubted && this.pulse.beats(now)) {
      this.doubted = false;
      if (this.socket.state.value !== "open") this.socket.nudge();
    }
  }

  private doubt(): void {
    this.doubted = true;
    this.socket.nudge(PROBE_WITHIN);
  }

  private async tick(): Promise<void> {
    const { peer, round } = this;
    this.ticks += 1;
    const restarting = this.ladder?.phase === "restarting";
    const soon = restarting || this.word.value === "unknown";
    if (peer && this.settled && (soon || this.ticks % STATS_EVERY === 0)) {
      const reading = read((await peer.pc.getStats()).values());
      if (round !== this.round) return;
      this.judge(reading);
      if (restarting && this.revived(peer, reading)) this.happened("connected");
    }
    this.happened("tick");
  }

  /** After a restart: the path stands and something has come over it since the answer. */
  private revived(peer: Peer, now: Reading): boolean {
    const mark = this.answeredRestart;
    const came = mark !== null && (now.checksIn > mark.checksIn || now.bytesIn > mark.bytesIn);
    return came && ["connected", "completed"].includes(peer.pc.iceConnectionState);
  }

  private judge(reading: Reading): void {
    const { last } = this;
    const now = performance.now();
    if (!last || reading.bytesIn !== last.bytesIn || reading.checksIn !== last.checksIn) this.signsAt = now;
    this.last = reading;
    if (!last) return;
    this.quality.value = judge(last, reading);
    const quiet = this.state.value === "connected" && now - this.signsAt > QUIET_IS_DOUBTFUL;
    this.word.value = this.verdict.take(quiet ? "lost" : this.quality.value.word);
    if (quiet) {
      this.signsAt = now;
      this.doubt();
      this.happened("shaky");
    }
  }
}
