/**
 * Real video of the one student who is opened. The wall sends nothing; it pins the student, so that the
 * server puts the screen on the stage and the camera beside it (media/flow/slots.py). Nobody is received
 * while nobody is opened. Where the camera cannot be had at the same time, the small picture stands in.
 */
import { signal } from "@preact/signals";
import { socketUrl } from "../../class/room";
import { Outbox } from "../../media/outbox";
import { MediaSession } from "../../media/session";
import type { Slot } from "../../media/slot";
import { ClassSocket } from "../../media/socket";
import type { Source } from "../../media/wire";

const NOTHING = { getItem: () => null, setItem: () => undefined };

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

export class Live {
  readonly media: MediaSession;
  /** The code of the server's last word; the video is over then, the wall goes on. */
  readonly over = signal("");
  private readonly socket: ClassSocket;
  private readonly undo: () => void;
  private started = false;

  constructor(exam: string) {
    const outbox = new Outbox(NOTHING, "", randomId);
    this.socket = new ClassSocket({ url: socketUrl(exam), tab: randomId(), outbox });
    this.media = new MediaSession({ socket: this.socket, small: true, purpose: "watch" });
    this.undo = this.socket.listen(message => {
      if (message.type === "bye") this.over.value = message.code;
    });
  }

  /** Show this student from now on; the connection is made when it is first needed. */
  open(person: string): void {
    if (!this.started) {
      this.started = true;
      this.media.start();
      this.socket.start();
    }
    this.media.view.pin(person);
  }

  /** Nobody is opened: nothing is received. */
  close(): void {
    this.media.view.pin("");
    this.size(0, 0);
  }

  /** How high the large and the small picture are drawn, CSS pixels. */
  size(large: number, small: number): void {
    this.media.view.size("stage", large, devicePixelRatio);
    this.media.view.size("speaker", small, devicePixelRatio);
  }

  /** The slot that shows this source of this student now. Reads signals. */
  slotOf(person: string, source: Source): Slot | null {
    for (const name of ["stage", "speaker"]) {
      const slot = this.media.slots.get(name);
      const shown = slot?.shown.value;
      if (slot && shown?.person === person && shown.source === source) return slot;
    }
    return null;
  }

  /** The slot in which this student is heard: the voice of whoever is on the stage. Reads signals. */
  voiceOf(person: string): Slot | null {
    for (const name of this.media.audio) {
      const slot = this.media.slots.get(name);
      if (slot?.shown.value.person === person) return slot;
    }
    return null;
  }

  stop(): void {
    this.undo();
    this.media.stop();
    if (this.started) this.socket.stop(true);
  }
}
