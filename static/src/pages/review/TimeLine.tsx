/** One line of time under the pictures: where the kinds stand, what could not be analysed, what happened. */
import { t } from "../../i18n";
import { kindIcon, kindWord } from "../wall/words";
import type { Deck } from "./deck";
import type { ItemView } from "./types";
import { eventWord, gapWords, moment } from "./words";

export function TimeLine({ deck, item }: { deck: Deck; item: ItemView }) {
  const length = Math.max(1, item.length_ms);
  const share = (ms: number): string => `${(Math.min(Math.max(ms, 0), length) / length) * 100}%`;
  const wide = (from: number, to: number): string =>
    `${((Math.min(to, length) - Math.max(from, 0)) / length) * 100}%`;
  return (
    <div class="rv-line" data-testid="review-line">
      <div class="rv-bars" aria-hidden="true">
        {item.gaps.map(gap => (
          <span
            key={`${gap.stream}${gap.begin_ms}`}
            class="rv-gap"
            title={gapWords(gap)}
            style={{ left: share(gap.begin_ms), width: wide(gap.begin_ms, gap.end_ms) }}
          />
        ))}
        {item.kinds.map(one => (
          <span
            key={`${one.kind}${one.begin_ms}`}
            class="rv-mark"
            title={kindWord(one.kind)}
            style={{ left: share(one.begin_ms), width: wide(one.begin_ms, one.end_ms) }}
            data-testid="review-mark"
            data-kind={one.kind}
          />
        ))}
        {item.events.map(one => (
          <span
            key={`${one.kind}${one.ms}`}
            class="rv-event"
            title={eventWord(one.kind)}
            style={{ left: share(one.ms) }}
          />
        ))}
      </div>
      <input
        type="range"
        class="rv-seek"
        min={0}
        max={length}
        step={100}
        value={deck.time.value}
        aria-label={t("review.seek")}
        aria-valuetext={moment(deck.time.value)}
        onInput={event => deck.seek(Number(event.currentTarget.value))}
        data-testid="review-seek"
      />
    </div>
  );
}

/** The same in words; each goes to its moment. */
export function Moments({ deck, item }: { deck: Deck; item: ItemView }) {
  return (
    <ul class="rv-moments" role="list" data-testid="review-moments">
      {item.kinds.map(one => {
        const Picture = kindIcon(one.kind);
        return (
          <li key={`${one.kind}${one.begin_ms}`}>
            <button type="button" class="rv-moment" onClick={() => deck.seek(one.begin_ms)}>
              <Picture size={16} aria-hidden />
              <span class="numbers">
                {moment(one.begin_ms)}–{moment(one.end_ms)}
              </span>
              <span>{kindWord(one.kind)}</span>
            </button>
          </li>
        );
      })}
      {item.events.map(one => (
        <li key={`${one.kind}${one.ms}`}>
          <button type="button" class="rv-moment" onClick={() => deck.seek(one.ms)}>
            <span class="numbers">{moment(one.ms)}</span>
            <span>
              {eventWord(one.kind)}
              {one.detail && ` (${one.detail})`}
            </span>
          </button>
        </li>
      ))}
      {item.gaps.map(gap => (
        <li key={`${gap.stream}${gap.begin_ms}`} class="muted rv-moment">
          <span class="numbers">
            {moment(gap.begin_ms)}–{moment(gap.end_ms)}
          </span>
          <span>{gapWords(gap)}</span>
        </li>
      ))}
    </ul>
  );
}
