/** Before the class: what a browser can do, and what the network is called. */
import { describe, expect, it } from "vitest";
import { featuresOf, insideOf, unfit } from "../../src/class/prejoin/fit";
import { judge, speed } from "../../src/class/prejoin/network";

const ALL = { calls: true, replaces: true, sockets: true };
const CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";

describe("the browser", () => {
  it("is fit when it is a usual one", () => {
    for (const agent of [CHROME, SAFARI]) {
      expect(insideOf(agent)).toBe("");
      expect(unfit(agent, ALL)).toBe("");
    }
  });

  it("may be a window of another program", () => {
    expect(insideOf(`${CHROME} Telegram-Android/11.2`)).toBe("Telegram");
    expect(insideOf(SAFARI.replace(" Safari/604.1", ""))).toBe("?");
    expect(insideOf(CHROME.replace("Android 14)", "Android 14; wv)"))).toBe("?");
    expect(insideOf(`${SAFARI} [FBAN/FBIOS;FBAV/450.0]`)).toBe("Facebook");
    expect(unfit(`${CHROME} Telegram-Android/11.2`, ALL)).toBe("inside");
    // on an iPhone its window says Safari
    expect(insideOf(SAFARI, { TelegramWebviewProxy: {} })).toBe("Telegram");
    expect(unfit(SAFARI, ALL, { TelegramWebviewProxy: {} })).toBe("inside");
  });

  it("may be too old", () => {
    expect(unfit(SAFARI, { ...ALL, replaces: false })).toBe("old");
    expect(unfit(CHROME, { ...ALL, calls: false })).toBe("old");
    expect(featuresOf({} as typeof globalThis)).toEqual({ calls: false, replaces: false, sockets: false });
  });
});

describe("the network", () => {
  it("is called by its trips, its losses and its speed", () => {
    expect(judge({ trips: [40, 50, 900], lost: 0, kbps: 8000 })).toBe("good");
    expect(judge({ trips: [40, 50], lost: 0, kbps: 0 })).toBe("good");
    expect(judge({ trips: [40, 50], lost: 0, kbps: 900 })).toBe("fair");
    expect(judge({ trips: [40, 50], lost: 1, kbps: 8000 })).toBe("fair");
    expect(judge({ trips: [300, 320], lost: 0, kbps: 8000 })).toBe("fair");
    expect(judge({ trips: [900], lost: 0, kbps: 8000 })).toBe("weak");
    expect(judge({ trips: [40], lost: 2, kbps: 8000 })).toBe("weak");
    expect(judge({ trips: [40], lost: 0, kbps: 100 })).toBe("weak");
    expect(judge({ trips: [], lost: 5, kbps: 0 })).toBe("blocked");
  });

  it("has no speed where too little was carried", () => {
    expect(speed(100_000, 400)).toBe(2000);
    expect(speed(100, 400)).toBe(0);
    expect(speed(100_000, 1)).toBe(0);
  });
});
