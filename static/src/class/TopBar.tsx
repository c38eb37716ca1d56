/**
 * The line above the class: what it is, how long it has been going, how the link is; on a wide screen the
 * language and the theme too, on a phone the way out.
 */
import { Signal as SignalGood, SignalLow, SignalMedium, WifiOff } from "lucide-preact";
import { t } from "../i18n";
import type { Word } from "../media/quality";
import { Button, type Icon } from "../ui/Button";
import { LanguageSwitch, ThemeSwitch } from "../ui/Switches";
import { useDesk, useSecond } from "./context";
import { elapsed } from "./layout";
import { RecordingMark } from "./RecordingMark";

const PICTURES: Record<Word, Icon> = {
  unknown: SignalGood,
  good: SignalGood,
  fair: SignalMedium,
  weak: SignalLow,
  lost: WifiOff,
};

export function TopBar({ title }: { title: string }) {
  const { room, narrow } = useDesk();
  return (
    <header class="top">
      <h1 class="top-title" title={title} dir="auto">
        {title}
      </h1>
      <RecordingMark />
      <div class="top-gap" />
      <Clock />
      {room.state.phase.value === "open" && <LinkState />}
      {narrow.value ? (
        <Button class="top-leave" onClick={() => room.leave()} data-testid="bar-leave">
          {t("class.leave")}
        </Button>
      ) : (
        <div class="top-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      )}
      <span class="hidden-text" data-testid="class-phase">
        {room.state.phase.value}
      </span>
    </header>
  );
}

function Clock() {
  const { room } = useDesk();
  const { openedAt, phase } = room.state;
  const running = phase.value === "open" && openedAt.value !== "";
  const now = useSecond(running);
  if (!running) return null;
  return (
    <time class="top-time numbers" data-testid="class-time">
      {elapsed(now - Date.parse(openedAt.value))}
    </time>
  );
}

/** What the person's own link is in a word; the socket and the media both count. */
export function useLinkWord(): Word {
  const { room } = useDesk();
  const socket = room.socket.state.value;
  const media = room.media.state.value;
  if (socket === "reconnecting" || media === "recovering") return "lost";
  return room.media.word.value;
}

function LinkState() {
  const { dialog } = useDesk();
  const word = useLinkWord();
  const Picture = PICTURES[word];
  const words = t(`class.link.${word}`);
  return (
    <button
      type="button"
      class={`top-mark link-${word}`}
      data-testid="link-state"
      data-word={word}
      title={t("class.link_title")}
      onClick={() => (dialog.value = "link")}
    >
      <Picture size={18} aria-hidden />
      <span class="link-words">{words}</span>
    </button>
  );
}
