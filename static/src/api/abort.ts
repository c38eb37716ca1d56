/**
 * Giving up: a signal that ends after a time, or when one of others does. By hand, because iPhones that
 * stay on iOS 15 and 16 know neither `AbortSignal.timeout` nor `AbortSignal.any`.
 */
export function within(milliseconds: number, ...others: readonly (AbortSignal | undefined)[]): AbortSignal {
  const control = new AbortController();
  const { signal } = control;
  const timer = setTimeout(() => control.abort(new DOMException("", "TimeoutError")), milliseconds);
  for (const other of others) {
    if (other?.aborted) control.abort(other.reason);
    other?.addEventListener("abort", () => control.abort(other.reason), { signal });
  }
  signal.addEventListener("abort", () => clearTimeout(timer));
  return signal;
}
