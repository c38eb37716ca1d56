/** Camera and screen of an item side by side, in step; below them the one line of time and the stills. */
import { Pause, Play, Volume2, VolumeX } from "lucide-preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../../ui/Button";
import { Deck } from "./deck";
import { Stills } from "./Stills";
import { Moments, TimeLine } from "./TimeLine";
import type { ItemView } from "./types";
import { moment, sourceWord } from "./words";

export function Pictures({ deck, item }: { deck: Deck; item: ItemView }) {
  const sound = item.clips.some(clip => clip.source === "mic");
  return (
    <div
      class="rv-pictures"
      data-testid="review-pictures"
      data-time={Math.round(deck.time.value)}
      data-playing={deck.playing.value}
      data-waiting={deck.waiting.value}
      data-skew={deck.skew.value}
    >
      <div class="rv-pair">
        <Place deck={deck} source="cam" />
        <Place deck={deck} source="screen" />
      </div>
      <div class="row rv-controls">
        <IconButton
          icon={deck.playing.value ? Pause : Play}
          label={t(deck.playing.value ? "review.pause" : "review.play")}
          onClick={() => deck.toggle()}
          data-testid="review-play"
        />
        <span class="numbers small" aria-hidden="true">
          {moment(deck.time.value)} / {moment(item.length_ms)}
        </span>
        {sound && (
          <IconButton
            icon={deck.muted.value ? VolumeX : Volume2}
            label={t(deck.muted.value ? "review.sound_on" : "review.sound_off")}
            onClick={() => (deck.muted.value = !deck.muted.value)}
            data-testid="review-sound"
          />
        )}
        <div class="grow">
          <TimeLine deck={deck} item={item} />
        </div>
      </div>
      <Stills deck={deck} item={item} />
      <Moments deck={deck} item={item} />
    </div>
  );
}

function Place({ deck, source }: { deck: Deck; source: "cam" | "screen" }) {
  const place = useRef<HTMLDivElement>(null);
  const element = deck.shown.value[source];
  useEffect(() => {
    place.current?.replaceChildren(...(element ? [element] : []));
  }, [element]);
  const word = sourceWord(source);
  return (
    <figure class="rv-place" data-testid={`review-${source}`}>
      <div ref={place} class="rv-frame" role="img" aria-label={word} />
      {!element && <p class="rv-none muted">{t("review.no_picture")}</p>}
      <figcaption class="small muted">{word}</figcaption>
    </figure>
  );
}

/** Pictures with a deck of their own, that wait until somebody plays them. */
export function OwnPictures({ item }: { item: ItemView }) {
  const deck = useMemo(() => new Deck(item.clips, item.length_ms), [item.key]);
  useEffect(() => {
    deck.start(false);
    return () => deck.close();
  }, [deck]);
  return <Pictures deck={deck} item={item} />;
}
