/**
 * Slides in a recording: pages and drawing as they were, in step with its time, as sharp as in the class.
 * Loaded only where slides were shown.
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { get } from "../../api/client";
import { useSize } from "../../class/context";
import { ratioOf, readDeck, type Deck } from "../../class/slides/deck";
import { PageView } from "../../class/slides/PageView";
import { fit } from "../../class/slides/shapes";
import { useTexts } from "../../class/slides/texts";
import type { Player } from "./player";
import { Reel, type SlideMoment } from "./reel";
import "../../class/slides/slides.css";

const LOOK_EVERY = 8000; // ms, while the lesson runs

interface SlidesProps {
  player: Player;
  lesson: string;
  live: boolean;
  /** Told whenever slides come onto the stage or leave it. */
  onStage: (on: boolean) => void;
}

export default function Slides({ player, lesson, live, onStage }: SlidesProps) {
  const reel = useMemo(() => new Reel(), [lesson]);
  const [, setKnown] = useState(0);
  const [decks, setDecks] = useState<ReadonlyMap<string, Deck>>(new Map());
  const [area, size] = useSize<HTMLDivElement>();
  const path = `/lessons/${encodeURIComponent(lesson)}/slides`;

  useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      for (let more = true; more && !gone;) {
        const part = await get<{ items: SlideMoment[]; more: boolean }>(`${path}/moments`, {
          after: reel.last,
        });
        reel.add(part.items);
        more = part.more && part.items.length > 0;
      }
      const found = await get<{ items: unknown[] }>(path);
      if (gone) return;
      setDecks(new Map(found.items.flatMap(one => readDeck(one) ?? []).map(deck => [deck.id, deck])));
      setKnown(reel.last);
    };
    const again = (): void => void load().catch(() => undefined);
    again();
    const timer = live ? setInterval(again, LOOK_EVERY) : undefined;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [reel, live]);

  const board = reel.at(player.time.value);
  const { stage } = player.now.value;
  // A screen that came later than the page is what the class was looking at.
  const behind = stage?.source === "screen" && stage.starts > reel.since;
  const place = behind ? null : board.shown;
  const on = place !== null;
  useEffect(() => onStage(on), [on]);
  const about = place ? decks.get(place.deck) : undefined;
  const texts = useTexts(lesson, place?.deck ?? "", about?.state === "ready");
  const box = fit(size.width, size.height, ratioOf(about, place?.page ?? 1));
  return (
    <div class={on ? "playback-slides" : "playback-slides playback-gone"} data-testid="playback-slides">
      <div class="slides-area" ref={area}>
        {place && (
          <div
            class="slides-page"
            style={{ width: `${box.width}px`, height: `${box.height}px` }}
            data-testid="slides-page"
            data-page={place.page}
          >
            <PageView
              lesson={lesson}
              deck={place.deck}
              about={about}
              page={place.page}
              strokes={board.on(place)}
              width={box.width}
              words={texts[place.page - 1] ?? ""}
            />
          </div>
        )}
      </div>
    </div>
  );
}
