/**
 * The small window above everything (Document Picture-in-Picture) that carries the beacon while the exam
 * runs in a tab of its own. A click flows in; a canvas in the new window flows out, or null where the
 * browser knows no such windows.
 */

interface PictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const ROOM = 24; // CSS pixels around the marks, so that no edge of the window touches them

export function knowsWindows(): boolean {
  return "documentPictureInPicture" in window;
}

/** Must be called from a click. `closed` is called when the student or the browser closes the window. */
export async function openWindow(words: string, closed: () => void): Promise<HTMLCanvasElement | null> {
  const make = (window as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture;
  if (!make) return null;
  const side = 17 * 9 * Math.max(1, screen.width / 1920) + 2 * ROOM;
  const opened = await make.requestWindow({ width: Math.ceil(side), height: Math.ceil(side) + 40 });
  const { document } = opened;
  document.title = words;
  document.body.style.cssText =
    "margin:0;display:grid;place-items:center;gap:4px;min-height:100vh;background:#fff;color:#10201f;font:13px system-ui";
  const canvas = document.createElement("canvas");
  const label = document.createElement("span");
  label.textContent = words;
  document.body.append(canvas, label);
  opened.addEventListener("pagehide", closed);
  return canvas;
}
