/** Notices and support: what an open page hears, what is sent to support, and what is never in it. */
import { cleanup, fireEvent, render, waitFor } from "@testing-library/preact";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../src/api/client";
import { setLanguage } from "../../src/i18n";
import { deviceState, followNotices, unread } from "../../src/notices/notices";
import { collect } from "../../src/support/diagnostics";
import SupportDialog from "../../src/support/SupportDialog";
import { lastErrors, noteError, noteStep, scrub } from "../../src/support/trouble";
import { dismiss, news } from "../../src/ui/Toast";
import { screen } from "../screen";

const TOKEN = "s_" + "A1b2C3d4".repeat(5);

class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(count: number): void {
    this.onmessage?.({ data: JSON.stringify({ type: "notices", unread: count }) });
  }
}

let posted: { path: string; body: Record<string, unknown> }[] = [];
let items: Record<string, unknown>[] = [];

beforeAll(() => setLanguage("en"));
beforeEach(() => {
  posted = [];
  items = [];
  vi.stubGlobal("fetch", (path: string, options: { method: string; body?: string }) => {
    if (options.method === "POST") posted.push({ path, body: JSON.parse(options.body ?? "{}") });
    const body = options.method === "GET" ? { items, unread: items.length, more: false } : { id: "1" };
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
  });
});
afterEach(() => {
  cleanup();
  for (const item of news.value) dismiss(item.id);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const notice = (id: string, title: string): Record<string, unknown> => ({
  id,
  kind: "lesson_moved",
  title,
  text: "",
  path: "",
  time: "2026-11-28T09:00:00+06:00",
  read: false,
});

test("what is new is said once, what was there before the page is not", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  const sockets: FakeSocket[] = [];
  const end = followNotices(() => {
    const made = new FakeSocket();
    sockets.push(made);
    return made as unknown as WebSocket;
  });
  items = [notice("n1", "Old")];
  sockets[0]?.say(1);
  await waitFor(() => expect(unread.value).toBe(1));
  await new Promise(go => setTimeout(go, 20));
  expect(news.value).toEqual([]);
  items = [notice("n2", "New"), ...items];
  sockets[0]?.say(2);
  await waitFor(() => expect(news.value.map(item => item.words)).toEqual(["New"]));
  sockets[0]?.onmessage?.({ data: "not json" });
  sockets[0]?.onmessage?.({ data: '{"type":"notices","unread":"many"}' });
  expect(unread.value).toBe(2);
  end();
  expect(sockets[0]?.closed).toBe(true);
});

test("a lost socket comes back, a refused one does not", async () => {
  vi.useFakeTimers();
  const sockets: FakeSocket[] = [];
  const end = followNotices(() => {
    const made = new FakeSocket();
    sockets.push(made);
    return made as unknown as WebSocket;
  });
  sockets[0]?.onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sockets.length).toBe(2);
  sockets[1]?.onclose?.({ code: 4403 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets.length).toBe(2);
  end();
});

test("the browser is not asked by itself", () => {
  const ask = vi.fn();
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("Notification", Object.assign(vi.fn(), { permission: "default", requestPermission: ask }));
  expect(deviceState()).toBe("off");
  expect(ask).not.toHaveBeenCalled();
});

test("nothing that looks like a token, and no query, gets into what is noted", () => {
  expect(scrub(`failed ${TOKEN} at /guest/${TOKEN}?key=secret now`)).toBe("failed … at /guest/… now");
  noteError(new ApiError(500, "server.failed", "", { incident: "0b1c2d3e4f" }), "GET /lessons/1");
  expect(lastErrors().at(-1)).toMatch(
    /^\d\d:\d\d:\d\d GET \/lessons\/1 500 server\.failed incident 0b1c2d3e4f$/,
  );
  for (let n = 0; n < 100; n++) noteStep(`event ${n}: chat.said`);
});

test("what is shown is what is sent; devices are counted and not named", async () => {
  vi.stubGlobal("navigator", {
    ...{ userAgent: "Mozilla/5.0 (Test)", language: "ky", languages: ["ky"], onLine: true },
    mediaDevices: {
      enumerateDevices: () => Promise.resolve([{ kind: "videoinput", label: "Aibek's camera" }]),
      getDisplayMedia: () => undefined,
    },
    permissions: { query: () => Promise.resolve({ state: "denied" }) },
  });
  const sections = await collect(() => [{ name: "support.class", lines: [`word: weak ${TOKEN}`] }]);
  const lines = sections.flatMap(section => section.lines);
  expect(lines).toContain("cameras: 1, microphones: 0, speakers: 0");
  expect(lines).toContain("permission camera: denied");
  expect(lines).toContain("word: weak …");
  expect(lines.join()).not.toContain("Aibek");
  expect(sections.find(section => section.name === "support.steps")?.lines.length).toBe(40);

  const close = vi.fn();
  render(<SupportDialog place="page" onClose={close} />);
  const shown = screen().getByTestId("support-shown");
  await waitFor(() => expect(shown.textContent).toContain("Mozilla/5.0 (Test)"));
  const send = screen().getByTestId("support-send");
  expect(send.hasAttribute("disabled")).toBe(true);
  fireEvent.input(screen().getByTestId("support-text"), { target: { value: "No sound" } });
  fireEvent.click(send);
  await waitFor(() => expect(close).toHaveBeenCalled());
  const body = posted[0]?.body as { text: string; diagnostics: { name: string; lines: string[] }[] };
  expect(body.text).toBe("No sound");
  for (const { name, lines: sent } of body.diagnostics) {
    expect(shown.textContent).toContain(name);
    for (const line of sent) expect(shown.textContent).toContain(line);
  }
});

test("a person can leave the facts of the device out", async () => {
  const close = vi.fn();
  render(<SupportDialog place="class" onClose={close} />);
  fireEvent.click(screen().getByTestId("support-along"));
  expect(screen().queryByTestId("support-shown")).toBeNull();
  fireEvent.input(screen().getByTestId("support-text"), { target: { value: "No sound" } });
  fireEvent.click(screen().getByTestId("support-send"));
  await waitFor(() => expect(close).toHaveBeenCalled());
  expect(posted[0]?.body["diagnostics"]).toEqual([]);
});
