/** What camera and screen showed at the moment of each flag, at a glance; a press moves the clips there. */
import { t } from "../../i18n";
import { kindWord } from "../wall/words";
import type { Deck } from "./deck";
import type { ItemView, Still } from "./types";
import { moment, sourceWord } from "./words";

export function Stills({ deck, item }: { deck: Deck; item: ItemView }) {
  if (item.stills.length === 0) return null;
  return (
    <ul class="rv-stills" role="list" aria-label={t("review.stills")} data-testid="review-stills">
      {item.stills.map(still => (
        <li key={still.url}>
          <Picture still={still} kind={kindWord(item.kinds[still.flag]?.kind ?? "")} deck={deck} />
        </li>
      ))}
    </ul>
  );
}

/** Read out once: the picture's words hold all that stands below it. */
function Picture({ still, kind, deck }: { still: Still; kind: string; deck: Deck }) {
  const when = moment(still.ms);
  const source = sourceWord(still.source);
  return (
    <button
      type="button"
      class="rv-still"
      onClick={() => deck.seek(still.ms)}
      data-testid="review-still"
      data-source={still.source}
      data-ms={still.ms}
    >
      <img
        src={still.url}
        alt={t("review.still", { when, source, kind })}
        width={still.width}
        height={still.height}
        loading="lazy"
        decoding="async"
      />
      <span class="small" aria-hidden="true">
        <span class="numbers">{when}</span> {source}
        <br />
        {kind}
      </span>
    </button>
  );
}
