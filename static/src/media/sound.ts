/**
 * The sound of the class: one hidden <audio> per sound slot. Tracks flow in, sound flows out; where the
 * browser wants a click before it plays anything, `blocked` says so and `unblock` is that click.
 */
import { effect, signal } from "@preact/signals";
import type { Slot } from "./slot";

type Sinkable = HTMLAudioElement & { setSinkId?: (device: string) => Promise<void> };

export class Sound {
  readonly blocked = signal(false);
  private readonly elements: Sinkable[] = [];
  private readonly undo: (() => void)[] = [];

  /** `own` is the listener: their voice from another seat (an encoder, a second tab) is not played back. */
  constructor(slots: readonly Slot[], own: () => string) {
    for (const slot of slots) {
      const element: Sinkable = document.createElement("audio");
      element.autoplay = true;
      element.dataset["slot"] = slot.name;
      element.hidden = true;
      document.body.append(element);
      this.elements.push(element);
      this.undo.push(
        effect(() => {
          const track = slot.track.value;
          element.srcObject = track ? new MediaStream([track]) : null;
          if (track) this.play(element);
        }),
        effect(() => {
          const { person } = slot.shown.value;
          element.muted = person !== "" && person === own();
        }),
      );
    }
  }

  /** After a click or a key anywhere on the page. */
  unblock(): void {
    this.blocked.value = false;
    for (const element of this.elements) this.play(element);
  }

  async speaker(device: string): Promise<void> {
    try {
      await Promise.all(this.elements.map(element => element.setSinkId?.(device)));
    } catch {
      // The speaker is gone: the system's own choice goes on playing.
    }
  }

  stop(): void {
    for (const undo of this.undo.splice(0)) undo();
    for (const element of this.elements.splice(0)) {
      element.srcObject = null;
      element.remove();
    }
  }

  private play(element: Sinkable): void {
    element.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.blocked.value = true;
    });
  }
}
