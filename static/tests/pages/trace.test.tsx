/** The kept head of the trace and its alarm; the entries of a person in groups. */
import { cleanup, render } from "@testing-library/preact";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { setLanguage } from "../../src/i18n";
import { TraceAlarm } from "../../src/pages/trace/Alarm";
import { grouped, type Entry } from "../../src/pages/trace/written";
import { alarm, compareHead, judge, read } from "../../src/state/heads";
import { me } from "../../src/state/me";

const ONE = "a".repeat(64);
const OTHER = "b".repeat(64);
const KEY = "c".repeat(64);
const MEMORY = "sabak.trace.head";

beforeAll(() => setLanguage("en"));
beforeEach(() => {
  localStorage.clear();
  alarm.value = null;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  me.value = undefined;
});

/** A server whose entries have these hashes; the last is the newest signed one. */
function serving(hashes: Record<number, string>, key = KEY): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const seq = Number(new URL(url, "http://house").searchParams.get("seq"));
    const newest = Math.max(...Object.keys(hashes).map(Number));
    const hash = hashes[seq || newest];
    const body = hash
      ? { seq: seq || newest, hash, checkpoint: seq ? null : { key } }
      : { error: { code: "trace.no_entry", message: "" } };
    return Promise.resolve(new Response(JSON.stringify(body), { status: hash ? 200 : 404 }));
  });
  return asked;
}

test("what was kept is read, and nonsense is nothing", () => {
  expect(read(JSON.stringify({ seq: 5, hash: ONE, key: KEY }))).toEqual({ seq: 5, hash: ONE, key: KEY });
  for (const text of [null, "", "{", "null", '{"seq":"5"}', `{"seq":5,"hash":"x","key":""}`]) {
    expect(read(text)).toBeNull();
  }
});

test("the kept hash is the server's, another, or gone", () => {
  const kept = { seq: 5, hash: ONE, key: KEY };
  expect(judge(kept, ONE)).toBeNull();
  expect(judge(kept, OTHER)).toBe("changed");
  expect(judge(kept, undefined)).toBe("cut");
});

test("the newest head is kept when the old one is still there", async () => {
  serving({ 5: ONE });
  await compareHead();
  const asked = serving({ 5: ONE, 9: OTHER });
  await compareHead();
  expect(alarm.value).toBeNull();
  expect(read(localStorage.getItem(MEMORY))).toEqual({ seq: 9, hash: OTHER, key: KEY });
  expect(asked[0]).toContain("seq=5");
  expect(asked.join()).not.toContain(ONE); // the server must not learn which hash was kept
});

test.each([
  ["changed", { 5: OTHER, 9: ONE }],
  ["cut", { 3: OTHER }],
])("a trace that was %s is an alarm, and the old head is kept", async (what, hashes) => {
  serving({ 5: ONE });
  await compareHead();
  serving(hashes as Record<number, string>);
  await compareHead();
  expect(alarm.value).toMatchObject({ what, otherKey: false, kept: { seq: 5, hash: ONE } });
  expect(read(localStorage.getItem(MEMORY))?.hash).toBe(ONE);
});

test("a network that fails is no alarm", async () => {
  localStorage.setItem(MEMORY, JSON.stringify({ seq: 5, hash: ONE, key: KEY }));
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 500 })));
  await compareHead();
  expect(alarm.value).toBeNull();
});

test("the alarm is read aloud in plain words, with the mark to keep", async () => {
  localStorage.setItem(MEMORY, JSON.stringify({ seq: 5, hash: ONE, key: "other" }));
  serving({ 5: OTHER });
  me.value = { id: "x", actions: ["trace.head"] } as unknown as NonNullable<typeof me.value>;
  const { container } = render(<TraceAlarm />);
  const said = (): string => container.querySelector('[role="alert"]')?.textContent ?? "";
  await vi.waitFor(() => expect(said()).toContain("entry 5"));
  expect(container.querySelector('[data-testid="trace-alarm-mark"]')?.textContent).toBe(`${ONE}@5`);
  expect(said()).toContain("installed anew");
});

test("who may not ask does not ask", () => {
  const asked = serving({ 5: ONE });
  me.value = { id: "x", actions: [] } as unknown as NonNullable<typeof me.value>;
  render(<TraceAlarm />);
  expect(asked).toEqual([]);
});

test("entries are put together by kind and side", () => {
  const made = (seq: number, kind: string, own: boolean): Entry => ({
    seq,
    time: "2026-09-02T03:30:00Z",
    kind,
    session: "",
    own,
    erased: false,
    data: null,
  });
  const groups = grouped([made(4, "b", true), made(3, "a", true), made(2, "b", true), made(1, "b", false)]);
  expect(groups.map(({ kind, own, entries }) => [kind, own, entries.length])).toEqual([
    ["b", true, 2],
    ["a", true, 1],
    ["b", false, 1],
  ]);
});
