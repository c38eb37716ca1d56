/** The small pure parts of the media room: backoff, SDP, capture, devices, choices, level, view. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SOCKET_PACE, wait } from "../../src/media/backoff";
import {
  browserOf,
  cameraConstraints,
  causeOf,
  isWeak,
  microphoneConstraints,
} from "../../src/media/capture";
import { readChoices } from "../../src/media/choices";
import { pickDevice, sortDevices } from "../../src/media/devices";
import { cameraLayers } from "../../src/media/layers";
import { levelOf } from "../../src/media/level";
import { audioCodecs, videoCodecs, withOpusOptions } from "../../src/media/sdp";
import { ViewReporter, type View } from "../../src/media/view";

describe("backoff", () => {
  it("grows to its ceiling and spreads by half", () => {
    for (let tries = 0; tries < 40; tries++) {
      const [least, most] = [wait(tries, SOCKET_PACE, 0), wait(tries, SOCKET_PACE, 1)];
      expect(most).toBeLessThanOrEqual(SOCKET_PACE.most);
      expect(least).toBeLessThanOrEqual(most);
      if (tries > 0) expect(least * 2).toBeGreaterThanOrEqual(most - 1);
    }
    expect(wait(20, SOCKET_PACE, 1)).toBe(5000);
  });
});

describe("layers of the camera", () => {
  const sent = (width?: number, height?: number) =>
    cameraLayers(width, height)
      .filter(layer => layer.active)
      .map(layer => [layer.rid, layer.scaleResolutionDownBy]);

  it("always has the three rids of the offer", () => {
    for (const [width, height] of [
      [1280, 720],
      [640, 360],
      [320, 240],
    ] as const)
      expect(cameraLayers(width, height).map(layer => layer.rid)).toEqual(["q", "h", "f"]);
  });
  it("keeps the full picture among those that the browser sends", () => {
    const large = [
      ["q", 4],
      ["h", 2],
      ["f", 1],
    ];
    expect(sent()).toEqual(large);
    expect(sent(1280, 720)).toEqual(large);
    expect(sent(640, 360)).toEqual([
      ["q", 2],
      ["h", 1],
    ]);
    expect(sent(640, 480)).toEqual([
      ["q", 2],
      ["h", 1],
    ]);
    expect(sent(320, 240)).toEqual([["q", 1]]);
  });
  it("leaves out what nobody draws", () => {
    const rids = (needed: number, width?: number, height?: number) =>
      cameraLayers(width, height, needed)
        .filter(layer => layer.active)
        .map(layer => layer.rid)
        .join("");
    expect([0, 720, 481, 480, 241, 240, 1].map(needed => rids(needed))).toEqual([
      "qhf",
      "qhf",
      "qhf",
      "qh",
      "qh",
      "q",
      "q",
    ]);
    expect(rids(2000)).toBe("qhf");
    expect(rids(180, 640, 360)).toBe("q");
    expect(rids(360, 640, 360)).toBe("qh");
    expect(rids(1, 320, 240)).toBe("q");
  });
});

describe("codecs", () => {
  const codec = (mimeType: string, sdpFmtpLine = "") => ({ mimeType, sdpFmtpLine });
  const vp8 = codec("video/VP8");
  const rtx = codec("video/rtx");
  const h264 = codec("video/H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  const high = codec("video/H264", "packetization-mode=1;profile-level-id=640c1f");
  const single = codec("video/H264", "packetization-mode=0;profile-level-id=42e01f");

  it("offers VP8 first and baseline H.264 behind it", () => {
    expect(videoCodecs([codec("video/AV1"), high, h264, single, rtx, vp8])).toEqual([vp8, h264, rtx]);
  });
  it("offers H.264 alone where VP8 is missing", () => {
    expect(videoCodecs([h264, rtx])).toEqual([h264, rtx]);
  });
  it("leaves a browser with neither its own order", () => {
    expect(videoCodecs([codec("video/AV1"), rtx])).toEqual([]);
  });
  it("offers Opus alone for sound", () => {
    expect(audioCodecs([codec("audio/red"), codec("audio/opus"), codec("audio/PCMU")])).toEqual([
      codec("audio/opus"),
    ]);
  });
});

describe("withOpusOptions", () => {
  it("adds what is missing to each section's line, once", () => {
    const sdp =
      "m=audio\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\nm=audio\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n";
    const once = withOpusOptions(sdp);
    expect(once.match(/usedtx=1/g)).toHaveLength(2);
    expect(once.match(/useinbandfec=1/g)).toHaveLength(2);
    expect(withOpusOptions(once)).toBe(once);
  });
  it("writes a line where there is none, and leaves SDP without Opus alone", () => {
    expect(withOpusOptions("a=rtpmap:96 opus/48000/2\r\n")).toBe(
      "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 usedtx=1;useinbandfec=1\r\n",
    );
    expect(withOpusOptions("v=0\r\n")).toBe("v=0\r\n");
  });
});

describe("capture", () => {
  it("asks weak machines and phones for less", () => {
    expect(isWeak({ cores: 8, memory: 8, phone: false })).toBe(false);
    expect(isWeak({ cores: 8, memory: 8, phone: true })).toBe(true);
    expect(isWeak({ cores: 2, memory: 0, phone: false })).toBe(true);
    expect(isWeak({ cores: 8, memory: 2, phone: false })).toBe(true);
    expect(cameraConstraints("", true)).toMatchObject({ facingMode: "user", width: { ideal: 640 } });
    expect(cameraConstraints("c1", false)).toMatchObject({
      deviceId: { exact: "c1" },
      width: { ideal: 1280 },
    });
    expect(microphoneConstraints("")).not.toHaveProperty("deviceId");
  });
  it.each([
    ["NotAllowedError", "Permission denied", "denied"],
    ["NotAllowedError", "Permission denied by system", "system"],
    ["NotFoundError", "", "missing"],
    ["NotReadableError", "", "busy"],
    ["SecurityError", "", "denied"],
    ["TypeError", "", "unsupported"],
    ["AbortError", "", "failed"],
  ])("%s (%s) means %s", (name, message, cause) => {
    expect(causeOf(Object.assign(new Error(message), { name }))).toBe(cause);
  });
  it("takes anything thrown", () => expect(causeOf("boom")).toBe("failed"));
  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
      "chrome",
    ],
    ["Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "android"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1",
      "ios",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
      "safari",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox"],
    ["Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "firefox_android"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/140.0 Mobile Safari/604.1",
      "ios_other",
    ],
  ])("knows %s", (agent, browser) => expect(browserOf(agent)).toBe(browser));
});

describe("devices", () => {
  it("are sorted by kind, once each", () => {
    const device = (kind: MediaDeviceKind, deviceId: string) => ({ kind, deviceId, label: deviceId });
    const lists = sortDevices([
      device("videoinput", "c"),
      device("audioinput", "m"),
      device("audioinput", "m"),
      device("audiooutput", "s"),
    ]);
    expect(lists).toEqual({
      mic: [{ id: "m", label: "m" }],
      cam: [{ id: "c", label: "c" }],
      speaker: [{ id: "s", label: "s" }],
    });
  });
  it("fall back to the browser's choice when the remembered one is gone", () => {
    expect(pickDevice([{ id: "a", label: "" }], "a")).toBe("a");
    expect(pickDevice([{ id: "a", label: "" }], "b")).toBe("");
  });
  it.each([null, "", "null", "{", "[]", '{"mic":5,"camDevice":{}}'])(
    "remembered choices of %s are the gentle ones",
    kept => {
      expect(readChoices(kept)).toEqual({
        mic: true,
        cam: true,
        micDevice: "",
        camDevice: "",
        speakerDevice: "",
      });
    },
  );
  it("remembers what was off", () =>
    expect(readChoices('{"mic":false,"camDevice":"c"}')).toMatchObject({
      mic: false,
      cam: true,
      camDevice: "c",
    }));
});

describe("the level", () => {
  it("is 0 in silence, 1 for a loud voice, and between for a quiet one", () => {
    expect(levelOf(new Float32Array(512))).toBe(0);
    expect(levelOf(new Float32Array(512).fill(0.5))).toBe(1);
    expect(levelOf(new Float32Array(512).fill(0.01))).toBeCloseTo(0.4, 1);
    expect(levelOf(new Float32Array())).toBe(0);
  });
});

describe("the view", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const make = () => {
    const sent: View[] = [];
    const reporter = new ViewReporter(["stage", "tile0"], view => (sent.push(view), Promise.resolve()));
    return { sent, reporter };
  };

  it("is told once when a layout settles", async () => {
    const { sent, reporter } = make();
    reporter.size("stage", 500, 1);
    reporter.size("tile0", 100, 3);
    reporter.size("stage", 501, 1);
    await vi.advanceTimersByTimeAsync(300);
    expect(sent).toEqual([{ page: 0, pinned: "", hidden: [], heights: { stage: 540, tile0: 225 } }]);
  });

  it("hides every slot of a hidden page and shows them again", async () => {
    const { sent, reporter } = make();
    reporter.size("stage", 500);
    reporter.hide(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent.at(-1)).toMatchObject({ hidden: ["stage", "tile0"], heights: {} });
    reporter.hide(false);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent.at(-1)).toMatchObject({ hidden: ["tile0"] });
  });

  it("tells page and pin at once, and everything again to a new connection", async () => {
    const { sent, reporter } = make();
    reporter.turn(2);
    reporter.pin("u1");
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ page: 2, pinned: "u1", hidden: ["stage", "tile0"], heights: {} }]);
    reporter.turn(2);
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(1);
    reporter.again();
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
  });
});
