/** Names and faces: no sequence of assignments and frames may put a name under another person's picture. */
import { describe, expect, it } from "vitest";
import { GIVE_UP_AFTER, reached, SlotFrames, slotPlan } from "../../src/media/slots";
import type { Assigned } from "../../src/media/wire";

const assigned = (person: string, generation: number, firstRtpTime: number): Assigned => ({
  type: "assigned",
  slot: "stage",
  person,
  source: "cam",
  generation,
  firstRtpTime,
});

describe("the plan of the offer", () => {
  it("is the contract's order", () => {
    expect(slotPlan(false)).toEqual({
      audio: ["audio0", "audio1", "audio2"],
      video: ["stage", "speaker", ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map(number => `tile${number}`)],
    });
    expect(slotPlan(true).video).toEqual(["stage", "speaker", "tile0", "tile1", "tile2", "tile3"]);
  });
});

describe("RTP time", () => {
  it("wraps at 32 bits", () => {
    expect(reached(5, 5)).toBe(true);
    expect(reached(6, 5)).toBe(true);
    expect(reached(4, 5)).toBe(false);
    expect(reached(10, 0xfffffff0)).toBe(true);
    expect(reached(0xfffffff0, 10)).toBe(false);
  });
});

describe("a slot", () => {
  it("covers the picture until the new person's first frame is on the screen", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 1000), 0);
    expect(slot.shown).toMatchObject({ person: "a", ready: false });
    slot.frame(1000, 10);
    expect(slot.shown).toMatchObject({ person: "a", ready: true });
    slot.assign(assigned("b", 2, 9000), 20);
    expect(slot.shown).toMatchObject({ person: "b", ready: false });
    expect(slot.frame(8000, 30)).toBe(false);
    expect(slot.shown.ready).toBe(false);
    expect(slot.frame(9003, 40)).toBe(true);
    expect(slot.shown).toMatchObject({ person: "b", ready: true });
  });

  it("shows at once when the words came after the picture", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 0), 0);
    slot.frame(5000, 10);
    slot.assign(assigned("b", 2, 4000), 20);
    expect(slot.shown).toMatchObject({ person: "b", ready: true });
  });

  it("ignores the same assignment told again after a reconnect", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 0), 0);
    slot.frame(1, 1);
    expect(slot.assign(assigned("a", 1, 0), 2)).toBe(false);
    expect(slot.shown.ready).toBe(true);
  });

  it("is empty without a person, whatever frames come late", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 0), 0);
    slot.frame(1, 1);
    slot.assign(assigned("", 2, 100), 2);
    slot.frame(200, 3);
    expect(slot.shown).toMatchObject({ person: "", ready: false });
  });

  it("waits a second where frames do not tell their time", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 77), 0);
    slot.frame(null, 900);
    expect(slot.shown.ready).toBe(false);
    slot.frame(null, 1000);
    expect(slot.shown.ready).toBe(true);
  });

  it("does not stay covered for ever by a first time that never comes", () => {
    const slot = new SlotFrames();
    slot.assign(assigned("a", 1, 0x40000000), 0);
    slot.frame(10, GIVE_UP_AFTER - 1);
    expect(slot.shown.ready).toBe(false);
    slot.frame(20, GIVE_UP_AFTER);
    expect(slot.shown.ready).toBe(true);
  });

  it("never shows a name over another's frame in a thousand random switches", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const slot = new SlotFrames();
    const owners: { person: string; first: number }[] = [];
    let rtp = 0xffff0000;
    let now = 0;
    for (let generation = 1; generation <= 1000; generation++) {
      const first = (rtp + 3000) >>> 0;
      const person = `p${random(4)}`;
      owners.push({ person, first });
      slot.assign(assigned(person, generation, first), now);
      // Some old frames are still in the buffer, then the new person's come.
      for (let frame = random(4) - 2; frame < 3; frame++) {
        now += 33;
        rtp = (first + frame * 3000) >>> 0;
        slot.frame(rtp, now);
        const onScreen = owners.findLast(owner => reached(rtp, owner.first))?.person;
        if (slot.shown.ready) expect(slot.shown.person).toBe(onScreen);
      }
      rtp = (first + 9000) >>> 0;
    }
  });
});
