/** The verdict on the equipment, and what is still unanswered: what a student is told before it counts. */
import { describe, expect, it } from "vitest";
import { EXAM_ASKING } from "../../src/media/capture";
import { judge } from "../../src/exam/device";
import { unanswered } from "../../src/exam/HandIn";
import { isVirtual } from "../../src/exam/watch";
import { attempt } from "./kit";

const camera = { width: 640, height: 480, label: "Integrated Camera" };

describe("the verdict on the equipment", () => {
  it("is good where nothing is wanting", () => {
    expect(judge({ camera, displays: 1, trip: 40 })).toEqual({ verdict: "good", advice: [] });
    expect(judge({ camera, displays: null, trip: 40 }).verdict).toBe("good");
  });

  it.each([
    ["an upright picture", { ...camera, width: 480, height: 640 }, 1, 40, "portrait"],
    ["a tiny picture", { ...camera, width: 160, height: 120 }, 1, 40, "small"],
    ["a camera made by a program", { ...camera, label: "OBS Virtual Camera" }, 1, 40, "virtual"],
    ["a second screen", camera, 2, 40, "displays"],
    ["a slow link", camera, 1, 900, "slow"],
  ])("is enough with %s, and says what helps", (_, seen, displays, trip, advice) => {
    expect(judge({ camera: seen, displays, trip })).toEqual({ verdict: "weak", advice: [advice] });
  });

  it("asks for help without a camera or a server", () => {
    expect(judge({ camera: null, displays: 1, trip: 40 }).verdict).toBe("bad");
    expect(judge({ camera, displays: 1, trip: null }).verdict).toBe("bad");
  });

  it("takes no ordinary camera for a program", () => {
    expect(["HD Webcam C270", "FaceTime HD Camera", "Logitech BRIO"].some(isVirtual)).toBe(false);
  });
});

describe("the screen", () => {
  const track = (displaySurface?: string) =>
    ({ getSettings: () => ({ displaySurface }) }) as unknown as MediaStreamTrack;

  it("is the whole one and nothing less; a browser that does not tell is believed", () => {
    expect(EXAM_ASKING.refuses("screen", track("window"))).toBe("part");
    expect(EXAM_ASKING.refuses("screen", track("browser"))).toBe("part");
    expect(EXAM_ASKING.refuses("screen", track("monitor"))).toBeNull();
    expect(EXAM_ASKING.refuses("screen", track())).toBeNull();
    expect(EXAM_ASKING.refuses("cam", track())).toBeNull();
  });
});

describe("before handing in", () => {
  it("names the questions without text, choice or file", () => {
    const question = (id: string) => ({ id, text: "", kind: "text" as const, options: [], points: 1 });
    const file = { id: "f", name: "a.pdf", bytes: 9 };
    const view = attempt({
      questions: ["a", "b", "c", "d"].map(question),
      answers: { c: { text: "", choice: [], files: [file], saved: null, n: 0 } },
    });
    const draft = { n: 0, base: 0, tried: null, saved: null, kept: "empty" as const, other: "" };
    const texts: Record<string, { text: string; choice: number[] }> = {
      a: { text: "x", choice: [] },
      b: { text: "  ", choice: [] },
      c: { text: "", choice: [] },
      d: { text: "", choice: [0] },
    };
    const of = (id: string) => ({ ...draft, ...(texts[id] ?? { text: "", choice: [] }) });
    expect(unanswered(view, { of })).toEqual([2]);
  });
});
