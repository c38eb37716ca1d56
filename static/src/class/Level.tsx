/** The microphone's level as a bar: a track in, movement out. It says nothing aloud while it moves. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { meter } from "../media/level";

export function Level({ track }: { track: MediaStreamTrack | null }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = bar.current;
    if (!track || !element) return;
    const stop = meter(track, level => {
      element.style.transform = `scaleX(${level.toFixed(3)})`;
      element.parentElement?.setAttribute("data-level", level.toFixed(2));
    });
    return () => {
      stop();
      element.style.transform = "scaleX(0)";
    };
  }, [track]);
  return (
    <span class="level" role="img" aria-label={t("prejoin.level")} data-testid="prejoin-level" data-level="0">
      <span class="level-bar" ref={bar} />
    </span>
  );
}
