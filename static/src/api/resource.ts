/**
 * Reading for a page: a loader and what it depends on flow in; data, error and "this is slow" flow out.
 * A load is cancelled when the page is left; a reload keeps the old data on the screen until the new is
 * there.
 */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

const SLOW = 4_000; // ms after which we admit that it takes long

export interface Resource<T> {
  data: T | undefined;
  error: unknown;
  slow: boolean;
  loading: boolean;
  reload: () => void;
  /** Put a known new value in place without asking again. */
  set: (data: T) => void;
}

interface Held<T> {
  data: T | undefined;
  error: unknown;
  slow: boolean;
  loading: boolean;
}

export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  deps: readonly unknown[],
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({
    data: undefined,
    error: undefined,
    slow: false,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const kept = useRef(round);

  useEffect(() => {
    const control = new AbortController();
    const again = kept.current !== round;
    kept.current = round;
    setHeld(old => ({ data: again ? old.data : undefined, error: undefined, slow: false, loading: true }));
    const late = setTimeout(() => setHeld(old => ({ ...old, slow: true })), SLOW);
    load(control.signal)
      .then(
        data => !control.signal.aborted && setHeld({ data, error: undefined, slow: false, loading: false }),
        (error: unknown) =>
          !control.signal.aborted && setHeld(old => ({ data: old.data, error, slow: false, loading: false })),
      )
      .finally(() => clearTimeout(late));
    return () => {
      clearTimeout(late);
      control.abort();
    };
  }, [...deps, round]);

  const reload = useCallback(() => setRound(value => value + 1), []);
  const set = useCallback((data: T) => setHeld({ data, error: undefined, slow: false, loading: false }), []);
  return { ...held, reload, set };
}
