/** The counts of a poll as bars, open answers as a list; of a named poll also who chose what. */
import { t } from "../../i18n";
import type { PollCounts } from "../../media/wire";
import { useDesk } from "../context";
import { CountBars } from "./CountBars";
import type { Poll } from "./state";

export function Bars({ poll, counts }: { poll: Poll; counts: PollCounts }) {
  return (
    <div class="bars">
      {poll.answers !== "open" && !counts.withheld && (
        <CountBars options={poll.options} counts={counts.counts} votes={counts.votes} />
      )}
      {counts.texts.length > 0 && (
        <ul class="bars-texts">
          {counts.texts.map((text, index) => (
            <li key={`${index}.${text}`} dir="auto">
              {text}
            </li>
          ))}
        </ul>
      )}
      <p class="small muted">
        {t("talk.votes", { count: counts.votes })}
        {counts.withheld && `. ${t("talk.withheld")}`}
      </p>
      {poll.votes.size > 0 && <Named poll={poll} />}
    </div>
  );
}

function Named({ poll }: { poll: Poll }) {
  const { room } = useDesk();
  return (
    <details class="named">
      <summary>{t("talk.who_chose")}</summary>
      <ul role="list">
        {[...poll.votes].map(([person, vote]) => (
          <li key={person} class="named-row small" data-testid="poll-named" data-person={person}>
            <span dir="auto">{room.state.name(person)}</span>
            <span class="muted" dir="auto">
              {vote.text || vote.choices.map(choice => poll.options[choice] ?? "").join(", ")}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
