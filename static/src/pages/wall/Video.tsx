/**
 * The opened student's two pictures: the screen large, the camera beside it, or the other way round. Real
 * video as soon as its frames are this student's; until then the small picture of each second.
 */
import { ArrowLeftRight } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Slot } from "../../media/slot";
import { Avatar } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";
import { SmallPicture } from "./Card";
import type { Feed } from "./feed";
import type { Live } from "./live";
import type { Student } from "./types";

interface Props {
  feed: Feed;
  live: Live;
  one: Student;
}

export function Video({ feed, live, one }: Props) {
  const [swapped, setSwapped] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { person } = one;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    live.open(person);
    const tell = (): void => live.size(element.clientHeight, element.clientHeight / 2);
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    tell();
    return () => {
      observer.disconnect();
      live.close();
    };
  }, [live, person]);
  // Without a screen the camera is what there is to see.
  const sources = swapped !== !one.screen ? (["cam", "screen"] as const) : (["screen", "cam"] as const);
  return (
    <div class="pw-video" ref={box} data-testid="wall-video" data-person={person}>
      {sources.map((source, index) => {
        const slot = live.slotOf(person, source);
        const ready = slot?.shown.value.ready === true;
        const sent = source === "cam" ? one.camera : one.screen;
        return (
          <figure
            key={source}
            class={index === 0 ? "pw-large" : "pw-small"}
            data-testid={`wall-video-${source}`}
            data-live={ready && sent}
          >
            {source === "cam" && <Avatar name={one.name} id={person} size={index === 0 ? 96 : 48} />}
            {sent && (
              <SmallPicture feed={feed} person={person} stream={source === "cam" ? "webcam" : "screen"} />
            )}
            {sent && slot && <SlotVideo key={slot.name} slot={slot} hidden={!ready} />}
            <figcaption>
              {t(source === "cam" ? "wall.camera" : "wall.screen")}
              {!sent
                ? `: ${t("wall.not_sent")}`
                : !ready && `: ${t(live.over.value ? "wall.small_only" : "wall.connecting")}`}
            </figcaption>
          </figure>
        );
      })}
      <IconButton
        class="on-picture pw-swap"
        icon={ArrowLeftRight}
        label={t("wall.swap")}
        onClick={() => setSwapped(!swapped)}
        data-testid="wall-swap"
      />
    </div>
  );
}

function SlotVideo({ slot, hidden }: { slot: Slot; hidden: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  const track = slot.track.value;
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    // A muted video may always play; a refusal here is a page that is going away.
    if (track) element.play().catch(() => undefined);
    return slot.watch(element);
  }, [slot, track]);
  return <video ref={video} class={hidden ? "pw-unready" : ""} autoplay muted playsinline />;
}
