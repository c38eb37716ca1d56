/** The API client: CSRF, errors with codes, retries of reads only, and news about the session. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, get, onStanding, patch, post, readCookie, withQuery } from "../../src/api/client";

type Answer = Response | Error;
let calls: { url: string; init: RequestInit }[] = [];

function server(...answers: Answer[]): void {
  calls = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer?.clone();
  });
}

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const fault = (status: number, code: string, details: object = {}): Response =>
  json(status, { error: { code, message: "words", details } });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  document.cookie = "sabak_csrf=a%2Fb; path=/";
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function settled<T>(promise: Promise<T>): Promise<T> {
  const caught = promise.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  const result = await caught;
  if (result instanceof Error) throw result;
  return result as T;
}

test("a write carries the CSRF value, a read does not", async () => {
  server(json(200, { ok: true }));
  await post("/x", { a: 1 });
  await get("/x");
  expect(new Headers(calls[0]?.init.headers).get("X-Sabak-CSRF")).toBe("a/b");
  expect(new Headers(calls[1]?.init.headers).get("X-Sabak-CSRF")).toBeNull();
  expect(calls[0]?.url).toBe("/api/v1/x");
  expect(calls[0]?.init.body).toBe('{"a":1}');
});

test("an error keeps status, code and details", async () => {
  server(fault(429, "login.limited", { retry_after: 7 }));
  await expect(settled(post("/login", {}))).rejects.toMatchObject({
    status: 429,
    code: "login.limited",
    message: "words",
    details: { retry_after: 7 },
  });
});

test("a proxy's page in place of an answer still has a code", async () => {
  server(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(settled(post("/x"))).rejects.toMatchObject({ status: 502, code: "http.502" });
});

test("a read is tried again over a short outage", async () => {
  server(new TypeError("failed"), new Response("", { status: 503 }), json(200, { fine: 1 }));
  expect(await settled(get("/x"))).toEqual({ fine: 1 });
  expect(calls).toHaveLength(3);
});

test("a read gives up after four tries", async () => {
  server(new TypeError("failed"));
  await expect(settled(get("/x"))).rejects.toMatchObject({ status: 0, code: "net.offline" });
  expect(calls).toHaveLength(4);
});

test("a write is never repeated by itself", async () => {
  server(new TypeError("failed"));
  await expect(settled(patch("/x", {}))).rejects.toBeInstanceOf(ApiError);
  expect(calls).toHaveLength(1);
});

test("a refusal is not tried again", async () => {
  server(fault(404, "object.unknown"));
  await expect(settled(get("/x"))).rejects.toMatchObject({ code: "object.unknown" });
  expect(calls).toHaveLength(1);
});

test("an empty answer is undefined, a garbled one an error", async () => {
  server(new Response(null, { status: 204 }));
  expect(await post("/logout")).toBeUndefined();
  server(new Response("{", { status: 200 }));
  await expect(settled(get("/x"))).rejects.toMatchObject({ code: "net.garbled" });
});

test("a lost session and an unsettled account are heard, a wrong password is not", async () => {
  const lost = vi.fn();
  const unsettled = vi.fn();
  onStanding({ lost, unsettled });
  server(fault(401, "login.wrong"));
  await expect(settled(post("/login", {}))).rejects.toThrow();
  expect(lost).not.toHaveBeenCalled();
  server(fault(401, "login.expired"));
  await expect(settled(get("/today"))).rejects.toThrow();
  expect(lost).toHaveBeenCalledOnce();
  server(fault(403, "login.consent"));
  await expect(settled(get("/today"))).rejects.toThrow();
  expect(unsettled).toHaveBeenCalledOnce();
});

test("an aborted read throws its abort and asks no more", async () => {
  const control = new AbortController();
  server(Object.assign(new Error("aborted"), { name: "AbortError" }));
  control.abort();
  await expect(settled(get("/x", {}, control.signal))).rejects.toMatchObject({ name: "AbortError" });
  expect(calls).toHaveLength(1);
});

test("cookies and queries", () => {
  expect(readCookie("a=1; sabak_csrf=x%3Dy=z; b=2", "sabak_csrf")).toBe("x=y=z");
  expect(readCookie("", "sabak_csrf")).toBe("");
  expect(withQuery("/users", { query: "Үсөн ба", role: "", after: undefined, limit: 5 })).toBe(
    "/users?query=%D2%AE%D1%81%D3%A9%D0%BD+%D0%B1%D0%B0&limit=5",
  );
  expect(withQuery("/users")).toBe("/users");
});
