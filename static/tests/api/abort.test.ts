/** Giving up: after a time, or with somebody else; and nothing is left ticking. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { within } from "../../src/api/abort";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("ends after its time", () => {
  const signal = within(1000);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
  expect((signal.reason as Error).name).toBe("TimeoutError");
});

test("ends with another, for its reason, and leaves no timer", () => {
  const other = new AbortController();
  const signal = within(1000, undefined, other.signal);
  other.abort("left");
  expect(signal.reason).toBe("left");
  expect(vi.getTimerCount()).toBe(0);
});

test("begins ended where the other has ended", () => {
  expect(within(1000, AbortSignal.abort("before")).reason).toBe("before");
});
