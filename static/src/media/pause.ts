/**
 * Long work in pieces: a click, a key or a drawing of the page that came meanwhile goes first. What is
 * wanted of it is no gap between the pieces, only a place where something else may step in.
 */

/** A piece may hold the page for so long, ms: about one drawing of a screen. */
const PIECE = 12;

export type Pause = () => Promise<void>;

/** Let the browser do what has come meanwhile. */
export const pause: Pause = () => {
  const { scheduler } = globalThis as { scheduler?: { yield?: Pause } };
  if (scheduler?.yield) return scheduler.yield();
  // Not a timer: in a tab in the background those come once a second, and a class is mended there too.
  return new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
};

/** To be awaited after each step of a long work: a pause where the page has been held long enough. */
export function pieces(): Pause {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < PIECE) return;
    await pause();
    since = performance.now();
  };
}
