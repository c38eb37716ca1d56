import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Slot } from "../../src/media/slot";
import { Sound } from "../../src/media/sound";
import type { Assigned } from "../../src/media/wire";

const playing = (person: string, generation: number): Assigned => ({
  type: "assigned",
  slot: "audio0",
  person,
  source: "mic",
  generation,
  firstRtpTime: 0,
});

beforeEach(() => {
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
});
afterEach(() => vi.restoreAllMocks());

it("does not play the listener's own voice back", () => {
  const you = signal("");
  const slot = new Slot("audio0", () => null);
  const sound = new Sound([slot], () => you.value);
  const element = document.querySelector<HTMLAudioElement>('audio[data-slot="audio0"]');
  expect(element?.muted).toBe(false);
  you.value = "me";
  slot.assign(playing("me", 1));
  expect(element?.muted).toBe(true);
  slot.assign(playing("somebody", 2));
  expect(element?.muted).toBe(false);
  sound.stop();
  expect(document.querySelector('audio[data-slot="audio0"]')).toBeNull();
});
