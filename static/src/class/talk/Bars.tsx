/** The counts of a poll as bars, open answers as a list; of a named poll also who chose what. */
import { t } from "../../i18n";
import type { PollCounts } from "../../media/wire";
import { useDesk } from "../context";
import type { Poll } from "./state";

export function Bars({ poll, counts }: { poll: Poll; counts: PollCounts }) {
  return (
    <div class="bars">
      {poll.answers !== "open" && (
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

export function CountBars(props: { options: readonly string[]; counts: readonly number[]; votes: number }) {
  const { options, counts, votes } = props;
  const most = Math.max(1, ...counts);
  return (
    <ol role="list" class="bars-list">
      {options.map((option, index) => {
        const count = counts[index] ?? 0;
        const share = votes > 0 ? Math.round((count / votes) * 100) : 0;
        return (
          <li key={option} class="bar-row" data-testid="poll-bar" data-count={count}>
            <span class="bar-words" dir="auto">
              {option}
            </span>
            <span class="bar-count numbers">
              {count} <span class="muted">{share} %</span>
            </span>
            <span class="bar-track" aria-hidden="true">
              <span
                class={count === most ? "bar-fill bar-most" : "bar-fill"}
                style={{ width: `${votes > 0 ? (count / votes) * 100 : 0}%` }}
              />
            </span>
          </li>
        );
      })}
    </ol>
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
