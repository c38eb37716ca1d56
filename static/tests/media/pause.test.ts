/** Pieces of long work: no pause while the page has not been held, one as soon as it has. */
import { afterEach, expect, it, vi } from "vitest";
import { pause, pieces } from "../../src/media/pause";

afterEach(() => vi.unstubAllGlobals());

it("pauses once for each stretch that held the page", async () => {
  let now = 0;
  let pauses = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.stubGlobal("scheduler", {
    yield: () => {
      pauses += 1;
      now += 100; // others took their time
      return Promise.resolve();
    },
  });
  const rest = pieces();
  await rest();
  expect(pauses).toBe(0);
  now += 20;
  await rest();
  await rest();
  expect(pauses).toBe(1);
  now += 20;
  await rest();
  expect(pauses).toBe(2);
});

it("lets others go first where the browser has no scheduler", async () => {
  vi.stubGlobal("scheduler", undefined);
  const said: string[] = [];
  const waiting = pause().then(() => said.push("after"));
  await Promise.resolve().then(() => said.push("before"));
  await waiting;
  expect(said).toEqual(["before", "after"]);
});
