/** One connection, one offer, kept alive: the session against a peer connection that the test plays. */
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MediaSession } from "../../src/media/session";
import { RequestFailed, type SocketState } from "../../src/media/socket";
import { readMessage, type ServerMessage } from "../../src/media/wire";

class Sender {
  track: unknown = null;
  replaceTrack(track: unknown): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
}

class FakePeer extends EventTarget {
  static all: FakePeer[] = [];
  transceivers: {
    mid: string;
    kind: string;
    init: RTCRtpTransceiverInit;
    sender: Sender;
    receiver: { track: object; getSynchronizationSources(): { timestamp: number }[] };
  }[] = [];
  /** When the newest packet arrived. */
  arrived = 0;
  connectionState = "new";
  iceConnectionState = "new";
  signalingState = "stable";
  localDescription: { sdp: string } | null = null;
  remote: string[] = [];
  restarts = 0;
  closed = false;
  bytes = 0;
  constructor(readonly configuration: RTCConfiguration) {
    super();
    FakePeer.all.push(this);
  }
  addTransceiver(kind: string, init: RTCRtpTransceiverInit) {
    const made = {
      mid: String(this.transceivers.length),
      kind,
      init,
      sender: new Sender(),
      receiver: { track: { kind }, getSynchronizationSources: () => [{ timestamp: this.arrived }] },
    };
    this.transceivers.push(made);
    return made;
  }
  createOffer(options?: { iceRestart?: boolean }) {
    if (options?.iceRestart) this.restarts += 1;
    return Promise.resolve({ type: "offer", sdp: `offer ${this.restarts}` });
  }
  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    return Promise.resolve();
  }
  setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.remote.push(description.sdp);
    return Promise.resolve();
  }
  getStats() {
    return Promise.resolve(
      new Map([
        [
          "p",
          {
            type: "candidate-pair",
            id: "p",
            nominated: true,
            timestamp: performance.now(),
            bytesReceived: this.bytes,
          },
        ],
      ]),
    );
  }
  close(): void {
    this.closed = true;
  }
  become(connection: string, ice = connection): void {
    this.connectionState = connection;
    this.iceConnectionState = ice;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

class FakeSocket {
  state = signal<SocketState>("open");
  asked: { type: string; body: Record<string, unknown> }[] = [];
  nudges = 0;
  refuse: Record<string, string> = {};
  epoch = "e1";
  private listener: (message: ServerMessage) => void = () => undefined;
  listen(listener: (message: ServerMessage) => void): () => void {
    this.listener = listener;
    return () => undefined;
  }
  request(type: string, body: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.asked.push({ type, body });
    const code = this.refuse[type];
    if (code) return Promise.reject(new RequestFailed(code));
    return Promise.resolve(
      type === "media.offer" || type === "media.restart" ? { sdp: "answer", epoch: this.epoch } : {},
    );
  }
  nudge(): void {
    this.nudges += 1;
  }
  hear(message: object): void {
    const read = readMessage(JSON.stringify(message));
    if (read) this.listener(read);
  }
  welcome(over: object = {}): void {
    this.hear({ type: "welcome", you: "u", state: "open", n: 0, epoch: "", ...over });
  }
  of(type: string) {
    return this.asked.filter(request => request.type === type);
  }
}

let socket: FakeSocket;
let session: MediaSession;
const peer = (): FakePeer => {
  const found = FakePeer.all.at(-1);
  if (!found) throw new Error("no connection was made");
  return found;
};
const settle = () => vi.advanceTimersByTimeAsync(1);

beforeEach(() => {
  vi.useFakeTimers();
  FakePeer.all = [];
  socket = new FakeSocket();
  session = new MediaSession({
    socket,
    small: false,
    make: configuration => new FakePeer(configuration) as unknown as RTCPeerConnection,
  });
  session.start();
});
afterEach(() => {
  session.stop();
  vi.useRealTimers();
});

async function connected(): Promise<FakePeer> {
  socket.welcome();
  await settle();
  peer().become("connected");
  return peer();
}

describe("the offer of an exam", () => {
  it("sends camera and screen twice, small first, and receives nobody", async () => {
    session.stop();
    session = new MediaSession({
      socket,
      small: false,
      purpose: "exam",
      make: configuration => new FakePeer(configuration) as unknown as RTCPeerConnection,
    });
    session.start();
    socket.welcome();
    await settle();
    const { transceivers } = peer();
    expect(transceivers.map(one => one.init.direction)).toEqual(["sendonly", "sendonly", "sendonly"]);
    const encodings = transceivers.map(one => one.init.sendEncodings ?? []);
    expect(
      encodings.map(list => list.map(one => [one.rid, one.maxFramerate, one.scaleResolutionDownBy])),
    ).toEqual([
      [
        ["q", 2, 2],
        ["h", 15, 1],
      ],
      [
        ["q", 2, 3],
        ["h", 5, 1],
      ],
      // Last: an answer that refuses the first m-line of the bundle is no answer for Chromium.
      [[undefined, undefined, undefined]],
    ]);
  });
});

describe("the offer", () => {
  it("has every slot of the contract in its order, and simulcast for the camera", async () => {
    socket.welcome({ ice_servers: [{ urls: ["turn:t.example"] }] });
    await settle();
    const { transceivers, configuration } = peer();
    expect(configuration).toMatchObject({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    expect(configuration.iceServers?.[0]?.urls).toEqual(["turn:t.example"]);
    expect(transceivers.map(one => `${one.kind} ${one.init.direction}`)).toEqual([
      "audio sendonly",
      "video sendonly",
      "video sendonly",
      ...Array<string>(3).fill("audio recvonly"),
      ...Array<string>(11).fill("video recvonly"),
    ]);
    expect(transceivers[1]?.init.sendEncodings?.map(one => [one.rid, one.scaleResolutionDownBy])).toEqual([
      ["q", 4],
      ["h", 2],
      ["f", 1],
    ]);
    const { purposes } = socket.of("media.offer")[0]?.body as { purposes: Record<string, string> };
    expect(Object.values(purposes).slice(0, 8)).toEqual([
      "mic",
      "cam",
      "screen",
      "audio0",
      "audio1",
      "audio2",
      "stage",
      "speaker",
    ]);
    expect(purposes["16"]).toBe("tile8");
  });

  it("waits for the opening of the lesson", async () => {
    socket.welcome({ state: "planned" });
    await settle();
    expect(FakePeer.all).toHaveLength(0);
    socket.welcome({ state: "open" });
    await settle();
    expect(FakePeer.all).toHaveLength(1);
  });

  it("is made once, whatever is switched on and off", async () => {
    const one = await connected();
    const track = { id: "camera" } as MediaStreamTrack;
    await session.put("cam", track);
    await session.put("screen", track);
    await session.put("screen", null);
    expect(one.transceivers[1]?.sender.track).toBe(track);
    expect(one.transceivers[2]?.sender.track).toBeNull();
    expect(socket.of("media.offer")).toHaveLength(1);
    expect(socket.of("media.state").at(-1)?.body).toEqual({ mic: false, cam: true, screen: false });
  });
});

describe("recovery", () => {
  it("restarts ICE on the same connection when the path is doubtful", async () => {
    const one = await connected();
    socket.hear({ type: "media.silent" });
    await settle();
    expect(session.state.value).toBe("recovering");
    expect(one.restarts).toBe(1);
    expect(socket.of("media.restart")[0]?.body).toEqual({ sdp: "offer 1" });
    expect(one.remote).toEqual(["answer", "answer"]);
    one.bytes += 100;
    await vi.advanceTimersByTimeAsync(1100);
    expect(session.state.value).toBe("connected");
    expect(FakePeer.all).toHaveLength(1);
  });

  it("makes a new connection when a restart brings nothing, with the tracks that were on", async () => {
    const one = await connected();
    const track = { id: "mic" } as MediaStreamTrack;
    await session.put("mic", track);
    one.become("connected", "disconnected");
    await vi.advanceTimersByTimeAsync(8000);
    expect(one.restarts).toBe(1);
    expect(one.closed).toBe(true);
    expect(FakePeer.all).toHaveLength(2);
    expect(peer().transceivers[0]?.sender.track).toBe(track);
    peer().become("connected");
    expect(session.state.value).toBe("connected");
  });

  it.each(["media.lost", "failed", "refused restart"])("makes a new connection at once: %s", async how => {
    const one = await connected();
    if (how === "failed") one.become("failed");
    else if (how === "media.lost") socket.hear({ type: "media.lost" });
    else {
      socket.refuse["media.restart"] = "media.no_connection";
      socket.hear({ type: "media.silent" });
    }
    await vi.advanceTimersByTimeAsync(1100);
    expect(FakePeer.all).toHaveLength(2);
    expect(one.closed).toBe(true);
  });

  it("keeps its connection through a restart of the server, and makes another when the worker lost it", async () => {
    await connected();
    socket.state.value = "reconnecting";
    await vi.advanceTimersByTimeAsync(2000);
    socket.state.value = "open";
    socket.welcome({ epoch: "e1" });
    await vi.advanceTimersByTimeAsync(2000);
    expect(FakePeer.all).toHaveLength(1);
    expect(socket.of("media.state").length).toBeGreaterThan(1);
    socket.welcome({ epoch: "" });
    await vi.advanceTimersByTimeAsync(1100);
    expect(FakePeer.all).toHaveLength(2);
  });

  it("goes on trying while offers are refused", async () => {
    socket.refuse["media.offer"] = "media.unavailable";
    socket.welcome();
    await vi.advanceTimersByTimeAsync(15000);
    expect(socket.of("media.offer").length).toBeGreaterThan(3);
    delete socket.refuse["media.offer"];
    await vi.advanceTimersByTimeAsync(6000);
    peer().become("connected");
    expect(session.state.value).toBe("connected");
  });

  it("takes a long silence of a path that calls itself connected for a doubtful one", async () => {
    const one = await connected();
    await vi.advanceTimersByTimeAsync(9000);
    expect(one.restarts).toBeGreaterThan(0);
  });
});

describe("the end", () => {
  it("closes the connection at the server's goodbye and makes no other", async () => {
    const one = await connected();
    socket.hear({ type: "bye", code: "session.closed" });
    await vi.advanceTimersByTimeAsync(10000);
    expect(one.closed).toBe(true);
    expect(FakePeer.all).toHaveLength(1);
    expect(session.state.value).toBe("idle");
  });
});

describe("a connection that is made in pieces", () => {
  it("is offered to nobody when the class ended between two of them", async () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 20)); // every step is slow
    vi.stubGlobal("scheduler", {
      yield: () => {
        socket.hear({ type: "bye", code: "session.closed" });
        return Promise.resolve();
      },
    });
    socket.welcome();
    await settle();
    vi.unstubAllGlobals();
    expect(peer().closed).toBe(true);
    expect(socket.of("media.offer")).toHaveLength(0);
    expect(session.state.value).toBe("idle");
  });
});

describe("slots", () => {
  it("carry the tracks of the newest connection and its assignments", async () => {
    const one = await connected();
    const stage = session.slots.get("stage");
    expect(stage?.track.value).toBe(one.transceivers[6]?.receiver.track);
    socket.hear({
      type: "assigned",
      slot: "stage",
      person: "t",
      source: "cam",
      generation: 1,
      first_rtp_time: 5,
    });
    expect(stage?.shown.value).toMatchObject({ person: "t", ready: false });
    socket.hear({ type: "media.lost" });
    await vi.advanceTimersByTimeAsync(1100);
    expect(stage?.track.value).toBe(peer().transceivers[6]?.receiver.track);
    expect(stage?.shown.value.person).toBe("");
  });
});

describe("media that breaks off", () => {
  /** Packets for `seconds`, one every 100 ms. */
  async function flow(one: FakePeer, seconds: number): Promise<void> {
    for (let step = 0; step < seconds * 10; step += 1) {
      one.arrived += 100;
      await vi.advanceTimersByTimeAsync(100);
    }
  }

  it("asks the socket, and restarts ICE when that had to come back too", async () => {
    const one = await connected();
    await flow(one, 3);
    expect(socket.nudges).toBe(0);
    await vi.advanceTimersByTimeAsync(1200);
    expect(socket.nudges).toBe(1);
    expect(one.restarts).toBe(0);
    socket.welcome({ epoch: "e1" });
    await settle();
    expect(one.restarts).toBe(1);
  });

  it("leaves the path alone when the media came back by itself", async () => {
    const one = await connected();
    await flow(one, 3);
    await vi.advanceTimersByTimeAsync(1200);
    socket.state.value = "reconnecting";
    await flow(one, 1);
    expect(socket.nudges).toBe(2);
    socket.welcome({ epoch: "e1" });
    await settle();
    expect(one.restarts).toBe(0);
  });
});
