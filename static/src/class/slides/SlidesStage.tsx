/**
 * Slides on the stage: the page, what is drawn, the hand that draws, and the bar below. Loaded when slides
 * are shown for the first time.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { useDesk, useSize } from "../context";
import { isTyping, lettersOn } from "../shortcuts";
import { same, type Place } from "./board";
import { ratioOf } from "./deck";
import { Hand, newId, widthOf, type Choice } from "./hand";
import { slideCommand, TOOLS, type SlideCommand, type Tool } from "./keys";
import { Drawn, INK, PageView } from "./PageView";
import { fit, placeAt } from "./shapes";
import { SlidesBar } from "./SlidesBar";
import { useTexts } from "./texts";
import "./slides.css";

export default function SlidesStage() {
  const { room } = useDesk();
  const { slides } = room;
  const place = slides.seen;
  if (!place) return null;
  return <Page place={place} />;
}

function Page({ place }: { place: Place }) {
  const { room } = useDesk();
  const { slides } = room;
  const [area, size] = useSize<HTMLDivElement>();
  const choice = useSignal<Choice>({ tool: "hand", colour: "red", width: 40 });
  const about = slides.decks.value.get(place.deck);
  const shows = room.state.rights.value.slides;
  const draws = shows || slides.lets(room.state.you.value);
  const texts = useTexts(room.lesson, place.deck, about?.state === "ready");
  const box = fit(size.width, size.height, ratioOf(about, place.page));
  const pages = about?.pages ?? place.page;

  const turn = (to: number): void => {
    if (to < 1 || to > pages || to === place.page) return;
    if (shows) void slides.show({ deck: place.deck, page: to });
    else slides.leaf({ deck: place.deck, page: to });
  };
  const obey = (command: SlideCommand): void => {
    if (command === "next") turn(place.page + 1);
    else if (command === "previous") turn(place.page - 1);
    else if (command === "first") turn(1);
    else if (command === "last") turn(pages);
    else if (command === "undo") void slides.undo(place, room.state.you.value);
    else choice.value = { ...choice.value, tool: command };
  };
  useSlideKeys(obey, draws);
  useEffect(() => {
    if (!draws) choice.value = { ...choice.value, tool: "hand" };
  }, [draws]);

  return (
    <>
      <div class="slides-area" ref={area}>
        <div
          class="slides-page"
          style={{ width: `${box.width}px`, height: `${box.height}px` }}
          data-testid="slides-page"
          data-deck={place.deck}
          data-page={place.page}
          data-following={same(place, slides.shown)}
        >
          <Sheet
            place={place}
            words={texts[place.page - 1] ?? ""}
            width={box.width}
            choice={choice.value}
            draws={draws}
          />
        </div>
      </div>
      <p class="hidden-text" aria-live="polite">
        {t("slides.page", { page: place.page, pages })}
      </p>
      {draws && !shows && (
        <p class="hidden-text" role="status">
          {t("slides.pen_yours")}
        </p>
      )}
      <SlidesBar
        place={place}
        pages={pages}
        shows={shows}
        draws={draws}
        choice={choice}
        turn={turn}
        obey={obey}
      />
    </>
  );
}

function useSlideKeys(obey: (command: SlideCommand) => void, draws: boolean): void {
  const held = useRef(obey);
  held.current = obey;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || event.defaultPrevented) return;
      // Keys inside the chat, the lists and menus beside the stage are theirs.
      if (event.target instanceof Element && event.target.closest(".panel, [role=tablist], [role=menu]"))
        return;
      const command = slideCommand(event, draws);
      if (!command || (TOOLS.includes(command as Tool) && !lettersOn())) return;
      event.preventDefault();
      held.current(command);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [draws]);
}

interface SheetProps {
  place: Place;
  words: string;
  width: number;
  choice: Choice;
  draws: boolean;
}

function Sheet({ place, words, width, choice, draws }: SheetProps) {
  const { room } = useDesk();
  const { slides } = room;
  const live = useRef<SVGPathElement>(null);
  const hand = useMemo(
    () =>
      new Hand(
        slides,
        () => room.state.you.value,
        () => live.current,
      ),
    [slides],
  );
  const [writing, setWriting] = useState<[number, number] | null>(null);
  useEffect(() => {
    setWriting(null);
    return () => hand.drop();
  }, [place.deck, place.page, choice.tool]);
  const trails = useComputed(() => [...slides.trails.value.values()]);
  const pointers = useComputed(() => [...slides.pointers.value.values()]);
  const boxOf = (event: Event): DOMRect => (event.currentTarget as Element).getBoundingClientRect();
  const active = draws && choice.tool !== "hand";
  return (
    <>
      <PageView
        lesson={room.lesson}
        deck={place.deck}
        about={slides.decks.value.get(place.deck)}
        page={place.page}
        strokes={slides.on(place)}
        width={width}
        words={words}
      >
        {trails.value
          .filter(one => same(one.place, place))
          .map(one => (
            <Drawn key={one.stroke.id} stroke={one.stroke} />
          ))}
        <path ref={live} />
      </PageView>
      {pointers.value
        .filter(one => same(one.place, place))
        .map((one, index) => (
          <span
            key={index}
            class="slides-pointer"
            style={{ transform: `translate(${(one.x * width) / 10_000}px, ${(one.y * width) / 10_000}px)` }}
            data-testid="slides-pointer"
          />
        ))}
      {active && (
        <div
          class={`slides-hand slides-hand-${choice.tool}`}
          data-testid="slides-hand"
          onPointerDown={event => hand.down(event, boxOf(event), place, choice)}
          onClick={event => {
            // Not on the press: what a touch does after it would take the focus from the field.
            if (choice.tool === "text") setWriting(placeAt(event.clientX, event.clientY, boxOf(event)));
          }}
          onPointerMove={event => hand.move(event, boxOf(event), place, choice)}
          onPointerUp={() => hand.up()}
          onPointerCancel={() => hand.up()}
          onPointerLeave={() => choice.tool === "pointer" && hand.away(place)}
        />
      )}
      {writing && (
        <Writing
          at={writing}
          width={width}
          choice={choice}
          onDone={text => {
            setWriting(null);
            if (!text.trim()) return;
            const size = widthOfLetters(choice.width);
            slides.draw(place, {
              id: newId(),
              person: room.state.you.value,
              kind: "text",
              colour: choice.colour,
              width: widthOf("text", size),
              points: writing,
              text: text.trim(),
            });
          }}
        />
      )}
    </>
  );
}

/** Letters are as high as a line of the chosen width asks for. */
export const widthOfLetters = (width: number): number => Math.min(1000, 160 + 4 * width);

interface WritingProps {
  at: [number, number];
  width: number;
  choice: Choice;
  onDone: (text: string) => void;
}

function Writing({ at: [x, y], width, choice, onDone }: WritingProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const over = useRef(false);
  useEffect(() => field.current?.focus(), [x, y]);
  const finish = (text: string): void => {
    if (over.current) return;
    over.current = true;
    onDone(text);
  };
  const unit = width / 10_000;
  return (
    <textarea
      ref={field}
      class="slides-writing"
      rows={2}
      maxLength={500}
      aria-label={t("slides.tool.text")}
      style={{
        left: `${x * unit}px`,
        top: `${y * unit}px`,
        fontSize: `${Math.max(11, widthOfLetters(choice.width) * unit)}px`,
        color: INK[choice.colour],
      }}
      onBlur={event => finish(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === "Escape") finish("");
        if (event.key === "Enter" && !event.shiftKey) {
          event.preventDefault();
          finish(event.currentTarget.value);
        }
        event.stopPropagation();
      }}
      data-testid="slides-writing"
    />
  );
}
