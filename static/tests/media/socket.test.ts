/** The class socket: resuming, requests, the outbox, coming back; against a socket that the test plays. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox } from "../../src/media/outbox";
import { ClassSocket } from "../../src/media/socket";
import type { ServerMessage } from "../../src/media/wire";

class Line {
  static all: Line[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closed = false;
  constructor() {
    Line.all.push(this);
  }
  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  hear(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  welcome(n = 0): void {
    this.onopen?.();
    this.hear({ type: "welcome", you: "u", state: "open", n, epoch: "e" });
  }
  drop(code = 1006, reason = ""): void {
    this.onclose?.({ code, reason });
  }
  of(type: string): Record<string, unknown>[] {
    return this.sent.filter(message => message["type"] === type);
  }
}

const memory = () => {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
  };
};

function make(drawer = memory()) {
  let keys = 0;
  const outbox = new Outbox(drawer, "place", () => `k${++keys}`);
  const socket = new ClassSocket({
    url: "ws://x",
    tab: "tab1",
    outbox,
    make: () => new Line() as unknown as WebSocket,
    random: () => 1,
  });
  const heard: ServerMessage[] = [];
  socket.listen(message => heard.push(message));
  socket.start();
  return { socket, outbox, heard, drawer };
}

const line = (index = -1): Line => {
  const found = Line.all.at(index);
  if (!found) throw new Error("no connection was made");
  return found;
};
const event = (n: number) => ({
  type: "event",
  n,
  time: "t",
  kind: "chat.said",
  actor: "a",
  text: String(n),
});

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
});
afterEach(() => vi.useRealTimers());

describe("resuming", () => {
  it("says hello with the last event it has seen and the same tab", async () => {
    make();
    line().welcome(2);
    line().hear(event(1));
    line().hear(event(2));
    line().drop();
    await vi.advanceTimersByTimeAsync(1000);
    line().onopen?.();
    expect(Line.all).toHaveLength(2);
    expect(line().sent[0]).toEqual({ type: "hello", after: 2, tab: "tab1" });
  });

  it("hands on each event once, also when the server repeats some", () => {
    const { heard } = make();
    line().welcome();
    for (const n of [1, 2, 2, 1, 3]) line().hear(event(n));
    expect(
      heard.filter(message => message.type === "event").map(message => message.type === "event" && message.n),
    ).toEqual([1, 2, 3]);
  });

  it("shows what it is doing and for how long the line is away", async () => {
    const { socket } = make();
    expect(socket.state.value).toBe("connecting");
    line().welcome();
    expect(socket.state.value).toBe("open");
    await vi.advanceTimersByTimeAsync(10);
    line().drop();
    expect(socket.state.value).toBe("reconnecting");
    expect(socket.downSince.value).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(1000);
    line().welcome();
    expect(socket.state.value).toBe("open");
    expect(socket.downSince.value).toBe(0);
  });

  it("tries at once, and never waits over five seconds", async () => {
    make();
    line().drop();
    await vi.advanceTimersByTimeAsync(160);
    expect(Line.all).toHaveLength(2);
    for (let tries = 3; tries < 12; tries++) {
      line().drop();
      await vi.advanceTimersByTimeAsync(5000);
      expect(Line.all).toHaveLength(tries);
    }
  });

  it("tries at once when the network comes back", async () => {
    const { socket } = make();
    for (let tries = 0; tries < 6; tries++) {
      line().drop();
      await vi.advanceTimersByTimeAsync(5000);
    }
    line().drop();
    const before = Line.all.length;
    socket.nudge();
    expect(Line.all).toHaveLength(before + 1);
  });
});

describe("a line that is dead without saying so", () => {
  it("is given up when a ping stays unanswered", async () => {
    const { socket } = make();
    line().welcome();
    await vi.advanceTimersByTimeAsync(8000);
    expect(line().of("ping")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4500);
    expect(Line.all).toHaveLength(2);
    expect(socket.state.value).toBe("reconnecting");
  });

  it("is kept while answers come", async () => {
    make();
    line().welcome();
    for (let round = 0; round < 5; round++) {
      await vi.advanceTimersByTimeAsync(8000);
      line().hear({ type: "ok", id: line().of("ping").at(-1)?.["id"] });
    }
    expect(Line.all).toHaveLength(1);
  });

  it("is given up when no welcome comes", async () => {
    make();
    line().onopen?.();
    await vi.advanceTimersByTimeAsync(6500);
    expect(Line.all).toHaveLength(2);
  });
});

describe("requests", () => {
  it("are answered by their id", async () => {
    const { socket } = make();
    line().welcome();
    const first = socket.request("media.state", { mic: true });
    const second = socket.request("lesson.open");
    const [one, two] = [line().of("media.state")[0], line().of("lesson.open")[0]];
    line().hear({ type: "error", id: two?.["id"], code: "permission.denied", message: "no" });
    line().hear({ type: "ok", id: one?.["id"], n: 5 });
    await expect(first).resolves.toEqual({ n: 5 });
    await expect(second).rejects.toMatchObject({ code: "permission.denied" });
  });

  it("end with the line", async () => {
    const { socket } = make();
    line().welcome();
    const waiting = expect(socket.request("media.view")).rejects.toMatchObject({ code: "link.down" });
    line().drop();
    await waiting;
    await expect(socket.request("media.view")).rejects.toMatchObject({ code: "link.down" });
  });

  it("do not wait for ever", async () => {
    const { socket } = make();
    line().welcome();
    const waiting = expect(socket.request("media.view", {}, 100)).rejects.toMatchObject({
      code: "link.timeout",
    });
    await vi.advanceTimersByTimeAsync(101);
    await waiting;
  });
});

describe("chat", () => {
  it("is sent again with the same key until the server holds it", async () => {
    const { socket, outbox } = make();
    line().welcome();
    socket.say(" салам ");
    expect(line().of("chat.send")[0]).toMatchObject({ key: "k1", text: "салам" });
    line().drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(outbox.lines.value).toHaveLength(1);
    line().welcome();
    const again = line().of("chat.send")[0];
    expect(again).toMatchObject({ key: "k1", text: "салам" });
    line().hear({ type: "ok", id: again?.["id"], n: 9 });
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.lines.value).toHaveLength(0);
  });

  it("keeps the order of lines written while the line was away, through a reload", async () => {
    const { socket, drawer } = make();
    line().welcome();
    line().drop();
    socket.say("бир");
    socket.say("эки");
    const after = make(drawer);
    line().welcome();
    for (const text of ["бир", "эки"]) {
      const sent = line().of("chat.send").at(-1);
      expect(sent).toMatchObject({ text });
      line().hear({ type: "ok", id: sent?.["id"], n: 1 });
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(after.outbox.lines.value).toHaveLength(0);
  });

  it("shows a refusal and goes on with the next line", async () => {
    const { socket, outbox } = make();
    line().welcome();
    socket.say("a");
    socket.say("b");
    line().hear({ type: "error", id: line().of("chat.send")[0]?.["id"], code: "chat.too_long" });
    await vi.advanceTimersByTimeAsync(0);
    expect(line().of("chat.send").at(-1)).toMatchObject({ text: "b" });
    expect(outbox.lines.value[0]).toMatchObject({ text: "a", refused: "chat.too_long" });
  });

  it("waits where the server asks for it", async () => {
    const { socket, outbox } = make();
    line().welcome();
    socket.say("a");
    line().hear({
      type: "error",
      id: line().of("chat.send")[0]?.["id"],
      code: "rate.limited",
      details: { retry_after: 2 },
    });
    await vi.advanceTimersByTimeAsync(1900);
    expect(line().of("chat.send")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(line().of("chat.send")).toHaveLength(2);
    expect(outbox.lines.value[0]?.refused).toBe("");
  });

  it("takes nothing empty", () => {
    const { socket, outbox } = make();
    expect(socket.say("  \n ")).toBe(false);
    expect(outbox.lines.value).toHaveLength(0);
  });
});

describe("the end", () => {
  it("does not come back after a goodbye", async () => {
    const { socket, heard } = make();
    line().welcome();
    line().hear({ type: "bye", code: "session.closed" });
    line().drop(1000);
    await vi.advanceTimersByTimeAsync(20000);
    expect(Line.all).toHaveLength(1);
    expect(socket.bye.value).toBe("session.closed");
    expect(heard.at(-1)).toEqual({ type: "bye", code: "session.closed", reason: "" });
  });

  it("takes a policy refusal for one, but not a hello that came late", async () => {
    const { socket } = make();
    line().drop(1008, "hello.missing");
    await vi.advanceTimersByTimeAsync(1000);
    expect(Line.all).toHaveLength(2);
    line().drop(1008, "object.unknown");
    await vi.advanceTimersByTimeAsync(20000);
    expect(Line.all).toHaveLength(2);
    expect(socket.bye.value).toBe("object.unknown");
  });

  it("says that it leaves when a person leaves", () => {
    const { socket } = make();
    line().welcome();
    const only = line();
    socket.stop(true);
    expect(only.of("leave")).toHaveLength(1);
    expect(only.closed).toBe(true);
  });
});
