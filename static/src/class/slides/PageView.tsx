/**
 * One page with what is drawn on it: the picture in the size the screen needs, the strokes as SVG above it.
 * Used in the class and for the recording. A deck, a page and strokes flow in.
 */
import type { ComponentChildren } from "preact";
import { memo } from "./memo";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { WIDE, type Stroke } from "./board";
import { pageUrl, ratioOf, WIDTHS, type Deck } from "./deck";
import { outline } from "./shapes";

export const INK: Record<Stroke["colour"], string> = {
  black: "#16181d",
  red: "#d92d20",
  orange: "#e07b00",
  green: "#13863c",
  blue: "#1557d6",
  violet: "#7a3fc4",
  white: "#ffffff",
};

const LINES = 1.25;

export const Drawn = memo(
  function Drawn({ stroke }: { stroke: Stroke }) {
    const { kind, points, width, colour } = stroke;
    const [x = 0, y = 0] = points;
    if (kind === "text") {
      return (
        <text x={x} y={y} font-size={width} fill={INK[colour]} data-stroke={stroke.id}>
          {stroke.text.split("\n").map((line, index) => (
            <tspan key={index} x={x} dy={index === 0 ? width : width * LINES}>
              {line}
            </tspan>
          ))}
        </text>
      );
    }
    return (
      <path
        d={outline(kind, points, width)}
        class={kind === "highlighter" ? "slides-marked" : undefined}
        stroke={INK[colour]}
        stroke-width={width}
        data-stroke={stroke.id}
      />
    );
  },
  (a, b) => a.stroke === b.stroke,
);

interface PageViewProps {
  lesson: string;
  deck: string;
  about: Deck | undefined;
  page: number;
  strokes: readonly Stroke[];
  /** CSS pixels that the page is drawn at. */
  width: number;
  words: string;
  /** Drawn above the strokes, in units of the page. */
  children?: ComponentChildren;
}

function sparing(): boolean {
  const link = (navigator as { connection?: { saveData?: boolean } }).connection;
  return link?.saveData === true;
}

export function PageView({ lesson, deck, about, page, strokes, width, words, children }: PageViewProps) {
  const ratio = ratioOf(about, page);
  const height = Math.round(WIDE * ratio);
  const [ready, setReady] = useState("");
  const [failed, setFailed] = useState(0);
  const url = (number: number, wide: number): string => pageUrl(lesson, deck, number, wide);
  const set = (number: number): string | undefined =>
    sparing() ? undefined : WIDTHS.map(wide => `${url(number, wide)} ${wide}w`).join(", ");
  const own = `${deck}/${page}`;
  // A page that could not be loaded (a server that starts again) is asked for again by itself.
  useEffect(() => {
    if (!failed) return;
    const timer = setTimeout(() => setFailed(0), 1500);
    return () => clearTimeout(timer);
  }, [failed]);
  return (
    <>
      {failed === 0 && (
        <img
          key={own}
          class="slides-picture"
          src={url(page, WIDTHS[0])}
          srcset={set(page)}
          sizes={`${Math.max(1, Math.round(width))}px`}
          alt={t("slides.alt", { page, pages: about?.pages ?? page, words })}
          draggable={false}
          onLoad={() => setReady(own)}
          onError={() => setFailed(Date.now())}
          data-testid="slides-picture"
        />
      )}
      {ready !== own && <span class="spinner slides-loading" aria-hidden="true" />}
      {ready === own && page < (about?.pages ?? 0) && (
        <img
          key={`next ${own}`}
          class="slides-next"
          src={url(page + 1, WIDTHS[0])}
          srcset={set(page + 1)}
          sizes={`${Math.max(1, Math.round(width))}px`}
          alt=""
          aria-hidden="true"
        />
      )}
      <svg
        class="slides-ink"
        viewBox={`0 0 ${WIDE} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        data-testid="slides-ink"
        data-strokes={strokes.length}
      >
        {strokes.map(stroke => (
          <Drawn key={stroke.id} stroke={stroke} />
        ))}
        {children}
      </svg>
    </>
  );
}
