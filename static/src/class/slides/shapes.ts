/**
 * Strokes as SVG paths, and places on the screen as places on a page. Numbers flow in, texts and numbers
 * flow out. Pure.
 */
import { HIGH, WIDE, type Kind } from "./board";

/** A soft line through points: from middle to middle, each point the bend between. */
export function line(points: readonly number[]): string {
  const [x = 0, y = 0] = points;
  if (points.length <= 2) return `M${x} ${y}h1`;
  let path = `M${x} ${y}`;
  for (let at = 2; at + 3 < points.length; at += 2) {
    const [bx = 0, by = 0, cx = 0, cy = 0] = points.slice(at, at + 4);
    path += `Q${bx} ${by} ${Math.round((bx + cx) / 2)} ${Math.round((by + cy) / 2)}`;
  }
  return `${path}L${points.at(-2)} ${points.at(-1)}`;
}

/** The path of any stroke that is no text. */
export function outline(kind: Kind, points: readonly number[], width: number): string {
  if (kind === "pen" || kind === "highlighter") return line(points);
  const [x = 0, y = 0] = points;
  const [toX, toY] = [points.at(-2) ?? x, points.at(-1) ?? y];
  switch (kind) {
    case "rect":
      return `M${x} ${y}H${toX}V${toY}H${x}Z`;
    case "ellipse": {
      const [rx, ry] = [Math.abs(toX - x) / 2, Math.abs(toY - y) / 2];
      const [left, middle] = [Math.min(x, toX), (y + toY) / 2];
      return `M${left} ${middle}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;
    }
    case "arrow": {
      const angle = Math.atan2(toY - y, toX - x);
      const size = Math.min(Math.hypot(toX - x, toY - y) / 2, 120 + 3 * width);
      const wing = (turn: number): string =>
        `${Math.round(toX - size * Math.cos(angle + turn))} ${Math.round(toY - size * Math.sin(angle + turn))}`;
      return `M${x} ${y}L${toX} ${toY}M${wing(0.5)}L${toX} ${toY}L${wing(-0.5)}`;
    }
    default:
      return `M${x} ${y}L${toX} ${toY}`;
  }
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A point of the screen as a place on the page drawn in `box`, kept on the page. */
export function placeAt(x: number, y: number, box: Box): [number, number] {
  const unit = WIDE / Math.max(1, box.width);
  const high = Math.min(HIGH, Math.floor(box.height * unit));
  const within = (value: number, most: number): number => Math.min(Math.max(0, Math.round(value)), most);
  return [within((x - box.left) * unit, WIDE), within((y - box.top) * unit, high)];
}

/** Whether a new point is far enough from the last to be worth its bytes. */
export function worth(points: readonly number[], x: number, y: number, least = 12): boolean {
  if (points.length < 2) return true;
  return Math.abs(x - (points.at(-2) ?? 0)) + Math.abs(y - (points.at(-1) ?? 0)) >= least;
}

/** The largest box of a ratio (height by width) that fits. */
export function fit(width: number, height: number, ratio: number): { width: number; height: number } {
  const wide = Math.min(width, height / ratio);
  return { width: Math.floor(wide), height: Math.floor(wide * ratio) };
}
