/**
 * The beacon on the page: a small pattern that changes every few seconds and shows that this exam is on
 * the screen. Drawn from the server's slots by the server's time, never scaled, always in the same corner;
 * where the exam runs in a tab of its own, in a small window above it.
 */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { readBeacon } from "./api";
import { isBlack, leftOf, MARGIN, modulePixels, ROWS, rowsAt, untilNext } from "./beacon";
import { useExam } from "./context";
import type { BeaconSheet } from "./types";

const AGAIN = 5_000;
/** With less than this of slots left new ones are fetched: over a short break of the link it goes on, ms. */
const FRESH_FOR = 90_000;
/** An answer that took longer says too little of the time, ms. */
const SLOW = 3_000;

/** Keeps the canvases in the page and the window drawn. Returns how to stop. */
function keepDrawn(exam: string, draw: (rows: readonly number[]) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sheet: BeaconSheet | null = null;
  let came = 0;
  let asking = false;
  const fetchNew = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const asked = performance.now();
    const found = await readBeacon(exam).catch(() => null);
    asking = false;
    if (!found || stopped) return;
    const now = performance.now();
    const slow = now - asked > SLOW;
    // When an answer that waited for the link was made nobody knows: while there are slots left, ask again.
    if (slow && sheet && leftOf(sheet, now - came) > AGAIN) return;
    sheet = found;
    came = slow ? now : (asked + now) / 2; // a marker that is a little late is taken, one that is early is not
    turn();
  };
  const turn = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const passed = performance.now() - came;
    if (sheet) draw(rowsAt(sheet, passed));
    if (!sheet || leftOf(sheet, passed) < FRESH_FOR - AGAIN * 6) void fetchNew();
    timer = setTimeout(turn, sheet ? Math.min(untilNext(sheet, passed) + 5, AGAIN) : AGAIN);
  };
  turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Draw the rows, each module a whole number of device pixels. */
export function drawBeacon(canvas: HTMLCanvasElement, rows: readonly number[]): void {
  const view = canvas.ownerDocument.defaultView ?? window;
  const ratio = view.devicePixelRatio || 1;
  const module = modulePixels(ratio, view.screen.width);
  const size = (ROWS + 2 * MARGIN) * module;
  if (canvas.width !== size) {
    canvas.width = canvas.height = size;
  }
  canvas.style.width = canvas.style.height = `${size / ratio}px`;
  const paper = canvas.getContext("2d");
  if (!paper) return;
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, size, size);
  paper.fillStyle = "#000";
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < ROWS; column++) {
      if (isBlack(rows[row] ?? 0, column)) {
        paper.fillRect((column + MARGIN) * module, (row + MARGIN) * module, module, module);
      }
    }
  }
  canvas.dataset["drawn"] = "true";
}

export function Beacon() {
  const { room } = useExam();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { exam } = room.attempt;
  useEffect(
    () =>
      keepDrawn(exam, rows => {
        if (canvas.current) drawBeacon(canvas.current, rows);
        if (room.window) drawBeacon(room.window.canvas, rows);
      }),
    // A window that has just been opened is drawn at once.
    [exam, room.windowOpen.value],
  );
  return (
    <canvas
      ref={canvas}
      class="exam-beacon"
      role="img"
      aria-label={t("exam.beacon")}
      title={t("exam.beacon_words")}
      data-testid="exam-beacon"
    />
  );
}
