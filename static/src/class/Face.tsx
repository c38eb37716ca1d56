/**
 * A person where there is no picture (initials on the tile's ground), the name at a picture's foot, and
 * the own camera. Names are text and nothing else.
 */
import { Hand, MicOff, Volume2 } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Avatar } from "../ui/Badge";

interface FaceProps {
  name: string;
  id: string;
  large?: boolean;
  /** Lies over a video. */
  covers?: boolean;
  words?: string;
}

export function Face({ name, id, large = false, covers = false, words }: FaceProps) {
  return (
    <div class={covers ? "face face-covers" : "face"}>
      <Avatar name={name} id={id} size={large ? 104 : 56} />
      {words && <span class="face-words">{words}</span>}
    </div>
  );
}

interface NameTagProps {
  name: string;
  mic: boolean;
  speaks: boolean;
  hand?: boolean;
}

export function NameTag({ name, mic, speaks, hand = false }: NameTagProps) {
  return (
    <div class={hand ? "name-tag name-tag-hand" : "name-tag"}>
      {hand && <Hand size={14} aria-hidden />}
      {!mic && <MicOff size={14} aria-hidden />}
      {mic && speaks && <Volume2 size={14} aria-hidden />}
      <span class="name-tag-text" dir="auto" data-testid="tile-name">
        {name}
      </span>
      {hand && <span class="hidden-text">{t("talk.hand_is_up")}</span>}
      {!mic && <span class="hidden-text">{t("class.mic_is_off")}</span>}
    </div>
  );
}

/** The own camera, mirrored as people know themselves. */
export function OwnVideo({ track, mirrored = true }: { track: MediaStreamTrack; mirrored?: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      class={mirrored ? "video video-cover video-mirrored" : "video video-contain"}
      autoplay
      muted
      playsinline
      disablePictureInPicture
    />
  );
}
