/**
 * The small window that carries the beacon while the exam runs in a tab of its own: above everything
 * (Document Picture-in-Picture) where the browser knows such windows, else a small window that the student
 * keeps in sight. A click flows in; a canvas in the new window flows out, or null where none was opened.
 */

interface PictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

export interface Small {
  canvas: HTMLCanvasElement;
  /** It stays above other windows by itself. */
  above: boolean;
  close: () => void;
}

const ROOM = 24; // CSS pixels around the marks, so that no edge of the window touches them
const WORDS = 56; // CSS pixels below them, for two lines of words

/** Whether this browser has windows that stay above others. */
export function knowsWindows(): boolean {
  return "documentPictureInPicture" in window;
}

/** Must be called from a click. `closed` is called when the student or the browser closes the window. */
export async function openWindow(words: string, closed: () => void): Promise<Small | null> {
  const width = Math.ceil(17 * 9 * Math.max(1, screen.width / 1920) + 2 * ROOM);
  const height = width + WORDS;
  const make = (window as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture;
  const opened = make
    ? await make.requestWindow({ width, height })
    : window.open("", "sabak-beacon", `popup,width=${width},height=${height},left=0,top=0`);
  if (!opened) return null;
  const { document } = opened;
  document.title = words;
  document.documentElement.lang = window.document.documentElement.lang;
  document.body.replaceChildren();
  document.body.style.cssText =
    "margin:0;display:grid;place-items:center;align-content:center;gap:4px;min-height:100vh;background:#fff;color:#10201f;font:13px system-ui;text-align:center";
  const canvas = document.createElement("canvas");
  canvas.dataset["testid"] = "exam-window-beacon";
  const label = document.createElement("span");
  label.textContent = words;
  document.body.append(canvas, label);
  opened.addEventListener("pagehide", closed);
  return { canvas, above: make !== undefined, close: () => opened.close() };
}
