/**
 * One student on the wall: the small picture, the name, and quiet marks of what there is to see. Each card
 * listens to its own student alone; the picture is drawn by the painter without drawing the card anew.
 */
import { useComputed, type Signal } from "@preact/signals";
import { EyeOff, Hand, Lock, MessageSquare, VideoOff, WifiLow, WifiOff } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Avatar, Badge } from "../../ui/Badge";
import type { Feed } from "./feed";
import { isLost, needsLook } from "./order";
import type { Stream } from "./pictures";
import type { Student } from "./types";
import { aloud, kindIcon, kindWord, lasted, stateLook, timeLeft } from "./words";

/** Not analysed for so long: worth a word on the card, s. */
const LONG = 30;

interface PictureProps {
  feed: Feed;
  person: string;
  stream: Stream;
}

/** The newest small picture of a student; transparent until there is one. */
export function SmallPicture({ feed, person, stream }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () => (canvas.current ? feed.painter.attach(canvas.current, person, stream) : undefined),
    [feed, person, stream],
  );
  const [width, height] = stream === "webcam" ? [160, 120] : [320, 180];
  return (
    <canvas
      key={`${stream}:${person}`}
      ref={canvas}
      class="pw-canvas"
      width={width}
      height={height}
      aria-hidden="true"
    />
  );
}

interface CardProps {
  feed: Feed;
  student: Signal<Student>;
  stream: Stream;
  chosen: boolean;
  /** The one stop of the tab key in the wall. */
  stop: boolean;
}

export function Card({ feed, student, stream, chosen, stop }: CardProps) {
  const one = student.value;
  const left = useComputed(() => timeLeft(student.value, feed.now.value));
  const state = stateLook(one.state);
  const sends = stream === "webcam" ? one.camera : one.screen;
  const lost = isLost(one);
  const unseen = one.flags.filter(flag => !flag.seen).length;
  const blind = Math.max(one.unjudged.webcam, one.unjudged.screen);
  return (
    <li class="pw-card" data-testid="wall-card" data-person={one.person} data-state={one.state}>
      <button
        type="button"
        class={needsLook(one) ? "pw-open pw-look" : "pw-open"}
        aria-pressed={chosen}
        tabIndex={stop ? 0 : -1}
        data-person={one.person}
      >
        {/* One sentence for the ear; the marks beside it say the same to the eye. */}
        <span class="hidden-text">{aloud(one, feed.now.peek())}</span>
        <span class="pw-picture" aria-hidden="true">
          <Avatar name={one.name} id={one.person} size={56} />
          {sends && <SmallPicture feed={feed} person={one.person} stream={stream} />}
          <span class="pw-marks">
            {one.help && (
              <Badge tone="accent" icon={Hand}>
                {t("wall.help")}
              </Badge>
            )}
            {one.steps.private && !one.steps.confirmed && (
              <Badge tone="accent" icon={Lock}>
                {t("wall.private")}
              </Badge>
            )}
            {one.unread > 0 && (
              <Badge tone="accent" icon={MessageSquare}>
                {one.unread}
              </Badge>
            )}
          </span>
          <span class="pw-foot">
            {!sends && one.here && (
              <span class="pw-word">
                <VideoOff size={14} aria-hidden />
                {t(stream === "webcam" ? "wall.no_camera" : "wall.no_screen")}
              </span>
            )}
            {lost ? (
              <span class="pw-word">
                <WifiOff size={14} aria-hidden />
                {t("wall.link_lost")}
              </span>
            ) : (
              one.link === "weak" && (
                <span class="pw-word">
                  <WifiLow size={14} aria-hidden />
                  {t("wall.link_weak")}
                </span>
              )
            )}
          </span>
        </span>
        <span class="pw-name" dir="auto" aria-hidden="true">
          {one.name}
        </span>
        <span class="pw-line" aria-hidden="true">
          <Badge tone={state.tone} icon={state.icon}>
            <span class="pw-cut">{state.words}</span>
          </Badge>
          <span class="numbers muted small">{left}</span>
        </span>
        <span class="pw-flags" aria-hidden="true">
          {one.standing.slice(0, 2).map(kind => (
            <span key={kind} data-kind={kind}>
              <Badge tone="warn" icon={kindIcon(kind)}>
                <span class="pw-cut">{kindWord(kind)}</span>
              </Badge>
            </span>
          ))}
          {one.standing.length > 2 && <Badge tone="warn">+{one.standing.length - 2}</Badge>}
          {one.standing.length === 0 && unseen > 0 && (
            <Badge tone="plain">{t("wall.unseen", { count: unseen })}</Badge>
          )}
          {one.standing.length < 2 && blind >= LONG && (
            <Badge tone="plain" icon={EyeOff}>
              {t("wall.blind", { time: lasted(blind) })}
            </Badge>
          )}
        </span>
      </button>
    </li>
  );
}
