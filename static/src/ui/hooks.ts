/** Small habits of pages: doing something with a busy mark and a fault, a ticking clock, a countdown. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Doing {
  busy: boolean;
  /** What was thrown last, cleared by the next try. */
  error: unknown;
  run: (work: () => Promise<void>) => Promise<void>;
  clear: () => void;
}

/** Run one piece of work at a time; a second call while busy is refused. */
export function useDoing(): Doing {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const running = useRef(false);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setState({ busy: true, error: undefined });
    let error: unknown;
    try {
      await work();
    } catch (thrown) {
      error = thrown;
    }
    running.current = false;
    if (alive.current) setState({ busy: false, error });
  }, []);
  const clear = useCallback(() => setState(old => ({ ...old, error: undefined })), []);
  return { ...state, run, clear };
}

/** Milliseconds now, renewed every `every` ms. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** Seconds that are left, and a way to start them anew. */
export function useCountdown(): [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until <= Date.now()) return;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [until]);
  const start = useCallback((seconds: number) => {
    setNow(Date.now());
    setUntil(Date.now() + seconds * 1000);
  }, []);
  return [Math.max(0, Math.ceil((until - now) / 1000)), start];
}

/** A value that follows another after it has been still for `ms`. For search boxes. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
