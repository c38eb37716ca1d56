/**
 * The line below a page: turning, going back to what the class sees, taking the file along, and for whoever
 * may draw the tools, the colour and the way back.
 */
import type { Signal } from "@preact/signals";
import {
  ChevronLeft,
  ChevronRight,
  Circle,
  Download,
  Eraser,
  Hand as Palm,
  Highlighter,
  Locate,
  Maximize,
  Minimize,
  Minus,
  MousePointer2,
  MoveUpRight,
  PenLine,
  PencilRuler,
  PictureInPicture2,
  Square,
  Type,
  Undo2,
  Users,
  X,
} from "lucide-preact";
import { t } from "../../i18n";
import { Button, ButtonLink, IconButton, type Icon } from "../../ui/Button";
import { useDesk } from "../context";
import { COLOURS, same, type Place } from "./board";
import { fileUrl } from "./deck";
import type { Choice } from "./hand";
import { TOOLS, type SlideCommand, type Tool } from "./keys";
import { INK } from "./PageView";

const ICONS: Record<Tool, Icon> = {
  hand: Palm,
  pointer: MousePointer2,
  pen: PenLine,
  highlighter: Highlighter,
  text: Type,
  line: Minus,
  arrow: MoveUpRight,
  rect: Square,
  ellipse: Circle,
};

/** Units of a page's width: 0.2, 0.4 and 0.9 per cent. */
const WIDTHS = [20, 40, 90] as const;

interface BarProps {
  place: Place;
  pages: number;
  shows: boolean;
  draws: boolean;
  choice: Signal<Choice>;
  turn: (to: number) => void;
  obey: (command: SlideCommand) => void;
}

export function SlidesBar({ place, pages, shows, draws, choice, turn, obey }: BarProps) {
  const { room, full } = useDesk();
  const { slides } = room;
  const behind = room.media.slots.get("stage")?.shown.value.person;
  const about = slides.decks.value.get(place.deck);
  const { shown } = slides;
  const apart = !same(place, shown) && !slides.wanted.value;
  return (
    <div class="slides-bar" role="toolbar" aria-label={t("slides.bar")} data-testid="slides-bar">
      <div class="slides-turn">
        <IconButton
          icon={ChevronLeft}
          label={t("slides.previous")}
          disabled={place.page <= 1}
          onClick={() => turn(place.page - 1)}
          data-testid="slides-previous"
        />
        <span class="numbers slides-number" data-testid="slides-number">
          {t("slides.number", { page: place.page, pages })}
        </span>
        <IconButton
          icon={ChevronRight}
          label={t("slides.next")}
          disabled={place.page >= pages}
          onClick={() => turn(place.page + 1)}
          data-testid="slides-next"
        />
      </div>
      {apart && shown && (
        <Button icon={Locate} onClick={() => (slides.look.value = null)} data-testid="slides-follow">
          {t("slides.follow", { page: shown.page })}
        </Button>
      )}
      {draws && <Tools place={place} shows={shows} choice={choice} obey={obey} />}
      <span class="grow" />
      {about?.download && !shows && (
        <ButtonLink
          look="quiet"
          icon={Download}
          href={fileUrl(room.lesson, place.deck)}
          download
          data-testid="slides-download"
        >
          {t("slides.download")}
        </ButtonLink>
      )}
      <div class="slides-end">
        {behind && (
          <>
            <IconButton
              icon={PictureInPicture2}
              label={t("slides.inset")}
              aria-pressed={slides.inset.value}
              onClick={() => (slides.inset.value = !slides.inset.value)}
              data-testid="slides-inset"
            />
            <IconButton
              icon={Users}
              label={t("slides.swap")}
              onClick={() => (slides.large.value = false)}
              data-testid="slides-swap"
            />
          </>
        )}
        <IconButton
          icon={full.value ? Minimize : Maximize}
          label={full.value ? t("class.full_off") : t("class.full")}
          onClick={() => (full.value = !full.value)}
          data-testid="stage-full"
        />
        {shows && (
          <IconButton
            icon={PencilRuler}
            label={slides.everybody ? t("slides.pens_off") : t("slides.pens_on")}
            aria-pressed={slides.everybody}
            onClick={() => void slides.lend("", !slides.everybody)}
            data-testid="slides-pens"
          />
        )}
        {shows && (
          <IconButton
            icon={X}
            label={t("slides.close")}
            onClick={() => void slides.close()}
            data-testid="slides-close"
          />
        )}
      </div>
    </div>
  );
}

function Tools({ place, shows, choice, obey }: Pick<BarProps, "place" | "shows" | "choice" | "obey">) {
  const { room } = useDesk();
  const { slides } = room;
  const { tool, colour, width } = choice.value;
  const strokes = slides.on(place);
  return (
    <div class="slides-tools">
      {TOOLS.map((one, index) => (
        <IconButton
          key={one}
          icon={ICONS[one]}
          label={`${t(`slides.tool.${one}`)} (${index})`}
          aria-pressed={tool === one}
          onClick={() => obey(one)}
          data-testid={`slides-tool-${one}`}
        />
      ))}
      <details class="slides-colours">
        <summary aria-label={t("slides.colour")} title={t("slides.colour")} data-testid="slides-colour">
          <span class="slides-dot" style={{ background: INK[colour] }} />
        </summary>
        <div class="slides-choices">
          {COLOURS.map(one => (
            <button
              key={one}
              type="button"
              class="slides-choice"
              aria-label={t(`slides.colour.${one}`)}
              title={t(`slides.colour.${one}`)}
              aria-pressed={colour === one}
              onClick={() => (choice.value = { ...choice.value, colour: one })}
              data-testid={`slides-colour-${one}`}
            >
              <span class="slides-dot" style={{ background: INK[one] }} />
            </button>
          ))}
          {WIDTHS.map((one, index) => (
            <button
              key={one}
              type="button"
              class="slides-choice slides-width"
              aria-label={t("slides.width", { number: index + 1 })}
              title={t("slides.width", { number: index + 1 })}
              aria-pressed={width === one}
              onClick={() => (choice.value = { ...choice.value, width: one })}
            >
              <span class="slides-line" style={{ height: `${2 + 3 * index}px` }} />
            </button>
          ))}
        </div>
      </details>
      <IconButton
        icon={Undo2}
        label={t("slides.undo")}
        disabled={!strokes.some(one => one.person === room.state.you.value)}
        onClick={() => obey("undo")}
        data-testid="slides-undo"
      />
      {shows && (
        <IconButton
          icon={Eraser}
          label={t("slides.clear")}
          disabled={strokes.length === 0}
          onClick={() => void slides.clear(place)}
          data-testid="slides-clear"
        />
      )}
    </div>
  );
}
