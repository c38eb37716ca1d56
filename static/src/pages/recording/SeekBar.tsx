/** The bar to seek by: what was spoken by whom, what the viewer has seen already, and where it is now. */
import { t } from "../../i18n";
import { toneOf } from "../../ui/Badge";
import { elapsed } from "../../class/layout";
import type { Moment, Speech } from "./cast";
import { MomentMarks } from "./Marks";
import type { Player } from "./player";
import type { Range } from "./watched";

interface Props {
  player: Player;
  spoken: readonly Speech[];
  moments: readonly Moment[];
  names: ReadonlyMap<string, string>;
  watched: readonly Range[];
}

/** Marks are drawn for stretches of at least this share of the bar. */
const LEAST = 0.004;

export function SeekBar({ player, spoken, moments, names, watched }: Props) {
  const length = Math.max(1, player.length.value);
  const share = (ms: number): string => `${(Math.min(ms, length) / length) * 100}%`;
  const marks = spoken.filter(one => one.to - one.from >= length * LEAST);
  const speakers = [...new Set(marks.map(one => names.get(one.person) ?? ""))].filter(Boolean);
  return (
    <div class="seek">
      {/* A picture: its stretches are too small and too many to be buttons. The bar below reaches the same
          places; a click here only saves the aiming. */}
      <div
        class="seek-speech"
        role="img"
        aria-label={`${t("playback.speakers")}: ${speakers.join(", ")}`}
        onClick={event => {
          const from = (event.target as HTMLElement).dataset["from"];
          if (from) player.seek(Number(from));
        }}
      >
        {marks.map(one => (
          <span
            key={one.from}
            class="seek-mark"
            style={{
              left: share(one.from),
              width: share(one.to - one.from),
              "--hue": toneOf(one.person) * 45,
            }}
            title={`${elapsed(one.from)} ${names.get(one.person) ?? ""}`}
            data-from={one.from}
            data-testid="seek-mark"
          />
        ))}
      </div>
      <MomentMarks player={player} moments={moments} names={names} />
      <input
        type="range"
        class="seek-range"
        min={0}
        max={length}
        step={100}
        value={player.time.value}
        aria-label={t("playback.seek")}
        aria-valuetext={elapsed(player.time.value)}
        onInput={event => player.seek(Number(event.currentTarget.value))}
        data-testid="playback-seek"
      />
      <div class="seek-watched" aria-hidden="true">
        {watched.map(([from, to]) => (
          <span key={from} style={{ left: share(from), width: share(to - from) }} />
        ))}
      </div>
    </div>
  );
}
