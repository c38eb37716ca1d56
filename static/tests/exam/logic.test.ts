/** The exam's own logic: time by the server, marks of the beacon, the steps of the way in. */
import { describe, expect, it } from "vitest";
import { isBlack, leftOf, modulePixels, rowsAt, untilNext } from "../../src/exam/beacon";
import { counted, ExamClock, toSay } from "../../src/exam/clock";
import { seatWords } from "../../src/exam/seat";
import { mayOpenCamera, openStop, stopsOf, withoutCamera } from "../../src/exam/steps";
import { setLanguage } from "../../src/i18n";
import { CLASS, EXAM, WATCH } from "../../src/media/layers";
import { attempt, photo } from "./kit";

const MINUTE = 60_000;

describe("the time of the exam", () => {
  const view = (seconds: number, state: "running" | "paused" = "running") => ({
    now: "2026-09-02T05:00:00Z",
    seconds_left: seconds,
    state,
  });

  it("is the server's, whatever the clock of the computer says", () => {
    const clock = new ExamClock();
    clock.take(view(90), 1_000, 1_000);
    expect(clock.now(1_000)).toBe(Date.parse("2026-09-02T05:00:00Z"));
    expect(clock.secondsLeft(1_000)).toBe(90);
    expect(clock.secondsLeft(31_000)).toBe(60);
    expect(clock.secondsLeft(200_000)).toBe(0);
  });

  it("stands still in a pause and runs on after it", () => {
    const clock = new ExamClock();
    clock.take(view(600, "paused"), 0, 0);
    expect(clock.secondsLeft(5 * MINUTE)).toBe(600);
    clock.take(view(600), 5 * MINUTE, 5 * MINUTE);
    expect(clock.secondsLeft(6 * MINUTE)).toBe(540);
  });

  it("does not jump with the network, but does with an extension", () => {
    const clock = new ExamClock();
    clock.take(view(100), 0, 0);
    clock.take({ ...view(95), now: "2026-09-02T05:00:05Z" }, 5_000, 6_800);
    expect(clock.secondsLeft(10_000)).toBe(90);
    clock.take({ ...view(390), now: "2026-09-02T05:00:10Z" }, 10_000, 10_000);
    expect(clock.secondsLeft(10_000)).toBe(390);
  });

  it("is right after a lost link, whichever part of the way an answer waited", () => {
    const clock = new ExamClock();
    clock.take(view(100), 0, 0);
    clock.take({ ...view(98), now: "2026-09-02T05:00:22Z" }, 2_000, 22_000);
    expect(clock.secondsLeft(22_000)).toBe(98);
    expect(clock.now(22_000)).toBe(Date.parse("2026-09-02T05:00:22Z"));
  });

  it("is said aloud at ten, five and one minute only", () => {
    expect(toSay(601, 600)).toBe(10);
    expect(toSay(600, 599)).toBe(0);
    expect(toSay(301, 299)).toBe(5);
    expect(toSay(61, 60)).toBe(1);
    expect(toSay(700, 30)).toBe(1);
    expect(toSay(59, 58)).toBe(0);
  });

  it("is written as people read it", () => {
    expect(counted(4360)).toBe("1:12:40");
    expect(counted(65)).toBe("01:05");
    expect(counted(0)).toBe("00:00");
  });
});

describe("the beacon", () => {
  const sheet = { now_us: 41_000_000, slot_us: 4_000_000, first: 10, marks: [[1], [2], [3]] };

  it("shows the slot of the server's time and stays at the last one", () => {
    expect(rowsAt(sheet, 0)).toEqual([1]);
    expect(rowsAt(sheet, 2_999)).toEqual([1]);
    expect(rowsAt(sheet, 3_000)).toEqual([2]);
    expect(rowsAt(sheet, 7_500)).toEqual([3]);
    expect(rowsAt(sheet, 900_000)).toEqual([3]);
    expect(untilNext(sheet, 0)).toBe(3_000);
    expect(leftOf(sheet, 1_000)).toBe(10_000);
  });

  it("reads bit 14 as the leftmost module", () => {
    expect(isBlack(1 << 14, 0)).toBe(true);
    expect(isBlack(1 << 14, 14)).toBe(false);
    expect(isBlack(1, 14)).toBe(true);
  });

  it("never draws a module under nine device pixels, and larger on a larger screen", () => {
    expect(modulePixels(1, 1920)).toBe(9);
    expect(modulePixels(0.5, 1920)).toBe(9);
    expect(modulePixels(1.25, 1536)).toBe(11);
    expect(modulePixels(2, 1280)).toBe(18);
    expect(modulePixels(1, 3840)).toBe(18);
  });
});

describe("the way in", () => {
  it("opens one step at a time and no camera before rules and consent", () => {
    const fresh = attempt();
    expect(openStop(stopsOf(fresh), new Set())).toBe("rules");
    expect(mayOpenCamera(fresh)).toBe(false);
    const ruled = attempt({ steps: { rules: "2026-09-02T05:00:00Z" } });
    expect(openStop(stopsOf(ruled), new Set())).toBe("biometrics");
    expect(mayOpenCamera(ruled)).toBe(false);
    const declined = attempt({ steps: { rules: "2026-09-02T05:00:00Z", biometrics: "no" } });
    expect(openStop(stopsOf(declined), new Set())).toBe("biometrics");
    expect(mayOpenCamera(declined)).toBe(false);
    const given = attempt({ steps: { rules: "2026-09-02T05:00:00Z", biometrics: "yes" } });
    expect(openStop(stopsOf(given), new Set())).toBe("equipment");
    expect(mayOpenCamera(given)).toBe(true);
  });

  it("asks only for what this exam needs", () => {
    const names = (view: Parameters<typeof stopsOf>[0]) => stopsOf(view).map(stop => stop.name);
    const plain = attempt({ exam: { identity: false }, models: { faces: "" } });
    expect(names(plain)).toEqual(["rules", "biometrics", "equipment", "share"]);
    const full = attempt({ rules: { room_pan: true } });
    expect(names(full)).toEqual(
      "rules biometrics equipment face document turn room baseline share".split(" "),
    );
  });

  it("lets a doubtful photo pass: a person decides", () => {
    const view = attempt({
      steps: { rules: "x", biometrics: "yes", equipment: "bad", face: photo({ problem: "dark" }) },
    });
    const stops = stopsOf(view);
    expect(stops.filter(stop => stop.doubtful).map(stop => stop.name)).toEqual(["equipment", "face"]);
    expect(openStop(stops, new Set())).toBe("face");
    expect(openStop(stops, new Set(["face", "document", "turn"]))).toBe("baseline");
  });
});

describe("a seat in the computer class", () => {
  it("without consent to biometrics leaves rules and screen, and opens no camera", () => {
    const steps = { rules: "2026-09-01T04:00:00Z", biometrics: "no" as const };
    const there = attempt({ steps, place: "class" });
    expect(stopsOf(there).map(stop => stop.name)).toEqual(["rules", "biometrics", "share"]);
    expect(withoutCamera(there)).toBe(true);
    expect(mayOpenCamera(there)).toBe(false);
    expect(withoutCamera(attempt({ steps, place: "home" }))).toBe(false);
  });

  it("is told with what, where, when and who", async () => {
    await setLanguage("en");
    const seat = { room: "12", seat: "4", in_room: "Aida", starts: "2026-09-02T04:00:00Z" };
    const words = seatWords(seat);
    for (const part of ["computer class", "room 12", "seat 4", "Aida"]) expect(words).toContain(part);
    expect(seatWords({ ...seat, room: "", seat: "", in_room: "" })).not.toContain("room");
  });
});

describe("what is offered to send", () => {
  it("is nothing for a proctor, and never begins with what may be refused", () => {
    expect(WATCH.order).toEqual([]);
    expect(EXAM.order[0]).toBe("cam");
    expect(CLASS.order).toContain("mic");
  });
});
