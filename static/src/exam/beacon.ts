/**
 * The beacon: which marks to draw now and how large. The server's sheet of slots and the time since it
 * came flow in; rows of modules and whole device pixels flow out. Pure.
 *
 * The screen is looked at about 640 pixels wide, where a module must stay about 3 pixels: 9 device pixels
 * on a screen of 1920, more on a wider one.
 */
import type { BeaconSheet } from "./types";

export const ROWS = 15;
/** Modules of white around the marks. */
export const MARGIN = 1;
const MODULE = 9;
const SCREEN = 1920;

/** The rows of the slot of this moment; `passed`: ms since the sheet came. The last ones where it ran out. */
export function rowsAt(sheet: BeaconSheet, passed: number): readonly number[] {
  const slot = Math.floor((sheet.now_us + passed * 1000) / sheet.slot_us);
  const at = Math.min(Math.max(slot - sheet.first, 0), sheet.marks.length - 1);
  return sheet.marks[at] ?? [];
}

/** Milliseconds until the next slot begins. */
export function untilNext(sheet: BeaconSheet, passed: number): number {
  const now = sheet.now_us + passed * 1000;
  return Math.ceil((sheet.slot_us - (now % sheet.slot_us)) / 1000);
}

/** Milliseconds that the sheet still has slots for. */
export function leftOf(sheet: BeaconSheet, passed: number): number {
  return ((sheet.first + sheet.marks.length) * sheet.slot_us - sheet.now_us) / 1000 - passed;
}

/** Device pixels of a module: whole, and never under 9 whatever the zoom of the page. */
export function modulePixels(ratio: number, screenWidth: number): number {
  return Math.max(MODULE, Math.round(MODULE * ratio), Math.ceil((MODULE * screenWidth * ratio) / SCREEN));
}

/** Is the module of this row black? `column` 0 is the leftmost. */
export function isBlack(row: number, column: number): boolean {
  return ((row >> (ROWS - 1 - column)) & 1) === 1;
}
