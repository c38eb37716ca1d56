/**
 * The picture of one receive slot with its name. The plate (initials on the tile's ground) lies over the
 * video until the slot says that the frames on the screen are this person's; name and cover change in one
 * drawing, so a name never stands under another face. The stage tells
 * its height from here; the tiles are told by what lays them out.
 */
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import type { Slot } from "../media/slot";
import { useDesk } from "./context";
import { Face, NameTag } from "./Face";

function SlotVideo({ slot, fit, report }: { slot: Slot; fit: "cover" | "contain"; report: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  const { room } = useDesk();
  const track = slot.track.value;

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? new MediaStream([track]) : null;
    // A muted video may always play; a refusal here is a browser that is closing the page.
    if (track) element.play().catch(() => undefined);
    return slot.watch(element);
  }, [slot, track]);

  useEffect(() => {
    const element = video.current;
    if (!element || !report) return;
    const tell = (): void => room.media.view.size(slot.name, element.clientHeight, devicePixelRatio);
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    return () => {
      observer.disconnect();
      room.media.view.size(slot.name, 0);
    };
  }, [slot, report]);

  return (
    <video ref={video} class={`video video-${fit}`} autoplay muted playsinline disablePictureInPicture />
  );
}

interface SlotPictureProps {
  slot: Slot;
  fit: "cover" | "contain";
  large?: boolean;
  children?: ComponentChildren;
}

/** Video, plate and name of a slot; draws nothing of a person while the slot is empty. */
export function SlotPicture({ slot, fit, large = false, children }: SlotPictureProps) {
  const { room } = useDesk();
  const { person, source, ready } = slot.shown.value;
  const speaks = useComputed(() => room.state.speaking.value.has(slot.shown.value.person)).value;
  const name = room.state.name(person);
  const known = room.state.people.value.get(person);
  const mic = known?.mic ?? true;
  // Who switched the camera off is gone from the picture at once, before the last frame goes stale.
  const off = known !== undefined && source !== "mic" && !known[source];
  return (
    <>
      <SlotVideo slot={slot} fit={fit} report={large} />
      {person && (!ready || off) && <Face name={name} id={person} large={large} covers />}
      {person && (
        <NameTag
          name={source === "screen" ? t("class.their_screen", { name }) : room.together.named(person, name)}
          mic={mic}
          speaks={speaks}
          hand={source !== "screen" && room.state.talk.raised.value.has(person)}
        />
      )}
      {children}
    </>
  );
}
