/** Captions over a recording: the lesson's timed text, shown by the clock that leads all its files. */
import { Captions, CaptionsOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { IconButton } from "../../ui/Button";
import type { Player } from "./player";
import { cueAt, readVtt, type Cue } from "./vtt";

/** The cues of a lesson; asked for again as a recording that still grows gets longer. */
export function useCues(lesson: string, length: number): readonly Cue[] {
  const [cues, setCues] = useState<readonly Cue[]>([]);
  useEffect(() => {
    const asking = new AbortController();
    fetch(`/api/v1/lessons/${encodeURIComponent(lesson)}/captions.vtt`, { signal: asking.signal })
      .then(async answer => answer.ok && setCues(readVtt(await answer.text())))
      .catch(() => undefined); // the recording plays without them
    return () => asking.abort();
  }, [lesson, length]);
  return cues;
}

export function CaptionsLine({ cues, player }: { cues: readonly Cue[]; player: Player }) {
  const cue = cueAt(cues, player.time.value);
  return (
    <p class="playback-captions" dir="auto" data-testid="playback-captions">
      {cue && <span>{cue.text}</span>}
    </p>
  );
}

export function CaptionsSwitch({ on, onValue }: { on: boolean; onValue: (on: boolean) => void }) {
  return (
    <IconButton
      icon={on ? Captions : CaptionsOff}
      label={on ? t("playback.captions_off") : t("playback.captions_on")}
      aria-pressed={on}
      onClick={() => onValue(!on)}
      data-testid="playback-captions-switch"
    />
  );
}
