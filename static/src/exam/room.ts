/**
 * One visit of a student to an exam: the attempt, the class socket, the media and the browser's events,
 * made together and ended together. The camera opens only after rules and consent; from then on it and the
 * screen go to the server by themselves, and whatever breaks is mended without a question.
 */
import { effect, signal, untracked } from "@preact/signals";
import { socketUrl } from "../class/room";
import { EXAM_ASKING } from "../media/capture";
import { LocalMedia } from "../media/local";
import { Outbox } from "../media/outbox";
import { MediaSession } from "../media/session";
import { ClassSocket } from "../media/socket";
import { takeStep } from "./api";
import { Attempt } from "./attempt";
import { openWindow, type Small } from "./pip";
import { mayOpenCamera, withoutCamera } from "./steps";
import { MemoryDrawer, randomName } from "./store";
import type { Agent, AttemptView } from "./types";
import { displays, isVirtual, watchBrowser } from "./watch";

export class ExamRoom {
  readonly attempt: Attempt;
  readonly local = new LocalMedia(EXAM_ASKING);
  /** The server said that this seat is another tab's now, or that the session is over. */
  readonly bye = signal("");
  socket: ClassSocket | null = null;
  media: MediaSession | null = null;
  /** Of the small window, where the exam runs in a tab of its own and the window is open. */
  window: Small | null = null;
  readonly windowOpen = signal(false);
  private readonly undo: (() => void)[] = [];
  private seated = "";

  constructor(exam: string, person: string, agent: Agent) {
    this.attempt = new Attempt(exam, person, agent);
  }

  async start(): Promise<void> {
    this.undo.push(effect(() => this.follow()));
    this.undo.push(watchBrowser((kind, detail) => this.attempt.events?.add(kind, detail)));
    this.undo.push(this.followDevice("cam", "camera_began", "camera_ended"));
    this.undo.push(this.followDevice("screen", "share_began", "share_ended"));
    const back = (): void => {
      this.socket?.nudge();
      void this.attempt.look();
      void this.attempt.answers.flush();
    };
    window.addEventListener("online", back);
    this.undo.push(() => window.removeEventListener("online", back));
    await this.local.start();
    await this.attempt.start();
    this.tellDisplays();
  }

  stop(): void {
    for (const undo of this.undo.splice(0)) undo();
    this.window?.close();
    this.leave();
    this.attempt.stop();
    this.local.stop();
  }

  /** Ask for the screen; what is chosen becomes a step of the way in. */
  async share(): Promise<void> {
    const { screen } = this.local;
    if (screen.state.value === "on") return;
    await this.local.share();
    if (!screen.track.value || !this.attempt.view.value) return;
    const surface = screen.track.value.getSettings().displaySurface ?? "";
    const { exam, tab } = this.attempt;
    await this.attempt.act(() => takeStep(exam, tab, "share", "done", { surface }));
  }

  /** The beacon's own window beside the exam's tab; where none opens, that is said to the server: the screen
   * counts as not analysable then, never against the student. */
  async openWindow(words: string): Promise<void> {
    this.window = await openWindow(words, () => {
      this.window = null;
      this.windowOpen.value = false;
    }).catch(() => null);
    this.windowOpen.value = this.window !== null;
    await this.tellBeacon(this.window ? "window" : "none");
  }

  private tellBeacon(where: "window" | "none"): Promise<void> {
    const { exam, tab } = this.attempt;
    return this.attempt.act(() => takeStep(exam, tab, "beacon", where));
  }

  /** Seated while this tab holds the attempt and the camera may be open; never before. */
  private follow(): void {
    const view = this.attempt.view.value;
    if (view) untracked(() => this.seat(view));
  }

  private seat(view: AttemptView): void {
    const over = view.state === "submitted" || view.state === "over";
    const seated = view.held && (mayOpenCamera(view) || withoutCamera(view)) && !over;
    if (seated && !this.socket) this.enter();
    if (!seated && this.socket) this.leave();
    if (over) {
      this.local.stop();
      this.window?.close();
    }
    // Another tab or computer shows them now; going on here asks for them again.
    else if (!view.held && this.seated)
      for (const source of ["cam", "mic", "screen"] as const) this.local.release(source);
  }

  private enter(): void {
    const { exam, tab } = this.attempt;
    // The exam's messages go by HTTP: nothing is ever in this box.
    const outbox = new Outbox(new MemoryDrawer(), "sabak.exam.unsent", randomName);
    const sound = this.attempt.view.peek()?.rules?.sound ?? false;
    this.socket = new ClassSocket({ url: socketUrl(exam), tab, outbox });
    this.media = new MediaSession({ socket: this.socket, small: false, purpose: "exam", sound });
    this.seated = tab;
    this.socket.listen(message => {
      if (message.type === "exam") void this.attempt.look();
      if (message.type === "bye") this.dismissed(message.code);
    });
    this.media.start();
    const { media } = this;
    this.local.connect((source, track) => media.put(source, track));
    this.socket.start();
  }

  private leave(): void {
    this.media?.stop();
    this.socket?.stop(true);
    this.media = this.socket = null;
  }

  /** The seat was taken or the session closed: the attempt tells which, and may seat us again. */
  private dismissed(code: string): void {
    this.bye.value = code;
    this.media?.stop();
    this.media = this.socket = null;
    void this.attempt.look();
  }

  /** Tell once when a device begins and once when it ends, with the camera's name where it is a program. */
  private followDevice(
    source: "cam" | "screen",
    began: "camera_began" | "share_began",
    ended: "camera_ended" | "share_ended",
  ): () => void {
    let on = false;
    return effect(() => {
      const track = this.local[source].track.value;
      if ((track !== null) === on) return;
      on = track !== null;
      const events = this.attempt.events;
      events?.add(on ? began : ended);
      if (track && source === "cam" && isVirtual(track.label)) events?.add("virtual_camera", track.label);
    });
  }

  private tellDisplays(): void {
    const count = displays();
    if (count !== null && count > 1) this.attempt.events?.add("displays", String(count));
  }
}
