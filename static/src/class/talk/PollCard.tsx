/**
 * One poll: the choice while you have not voted, the counts where they are for you to see, and for who
 * runs the class its end.
 */
import { EyeOff, UserRoundCheck } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { useDesk } from "../context";
import { ask } from "./actions";
import { Bars } from "./Bars";
import type { Poll } from "./state";

export function PollCard({ poll }: { poll: Poll }) {
  const { room } = useDesk();
  const { state } = room;
  const leads = state.rights.value.open;
  const open = state.phase.value === "open";
  const votes = !poll.closed && !poll.voted && state.rights.value.chat && !leads && open;
  const sees = leads || poll.shared || (poll.live && (poll.voted || !state.rights.value.chat));
  return (
    <section
      class={poll.closed ? "poll" : "poll poll-running"}
      aria-label={t("talk.poll_is", { question: poll.question })}
      data-testid="poll"
      data-n={poll.n}
      data-closed={poll.closed}
      data-votes={poll.counts?.votes ?? 0}
    >
      <p class="poll-kind small">
        {poll.anonymous ? <EyeOff size={16} aria-hidden /> : <UserRoundCheck size={16} aria-hidden />}
        {poll.closed ? t("talk.poll_closed") : t("talk.poll")}
        {", "}
        {t(poll.anonymous ? "talk.anonymous" : "talk.named")}
      </p>
      <h3 class="poll-question" dir="auto">
        {poll.question}
      </h3>
      {votes && <Voting poll={poll} />}
      {!votes && sees && poll.counts && <Bars poll={poll} counts={poll.counts} />}
      {!votes && sees && !poll.counts && <p class="small muted">{t("talk.no_votes")}</p>}
      {poll.voted && !leads && (
        <p class="small muted" role="status" data-testid="poll-voted">
          {t(sees || poll.closed ? "talk.voted" : "talk.voted_wait")}
        </p>
      )}
      {leads && open && !poll.closed && (
        <Button onClick={() => void ask(room, "poll.close", { poll: poll.n })} data-testid="poll-close">
          {t("talk.poll_end")}
        </Button>
      )}
      {leads && open && poll.closed && !poll.shared && !poll.counts?.withheld && (
        <Button onClick={() => void ask(room, "poll.share", { poll: poll.n })} data-testid="poll-share">
          {t("talk.poll_share")}
        </Button>
      )}
      {leads && poll.closed && poll.shared && <p class="small muted">{t("talk.shared")}</p>}
    </section>
  );
}

function Voting({ poll }: { poll: Poll }) {
  const { room } = useDesk();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const single = poll.answers === "single";
  const ready = poll.answers === "open" ? text.trim() !== "" : chosen.length > 0;
  const vote = async (): Promise<void> => {
    if (!ready || busy) return;
    setBusy(true);
    const body = poll.answers === "open" ? { text } : { choices: chosen };
    await ask(room, "poll.vote", { poll: poll.n, ...body });
    setBusy(false);
  };
  const toggle = (index: number): void => {
    if (single) setChosen([index]);
    else setChosen(chosen.includes(index) ? chosen.filter(one => one !== index) : [...chosen, index]);
  };
  return (
    <form
      class="voting"
      onSubmit={event => {
        event.preventDefault();
        void vote();
      }}
    >
      {poll.answers === "open" ? (
        <textarea
          class="input"
          rows={2}
          maxLength={200}
          value={text}
          aria-label={t("talk.answer_label")}
          placeholder={t("talk.answer_label")}
          data-testid="poll-text"
          onInput={event => setText(event.currentTarget.value)}
        />
      ) : (
        <fieldset class="options">
          <legend class={single ? "hidden-text" : "small muted"}>
            {t(single ? "talk.choose_one" : "talk.choose_some")}
          </legend>
          {poll.options.map((option, index) => (
            <label key={option} class="option" data-testid="poll-option">
              <input
                type={single ? "radio" : "checkbox"}
                name={`poll-${poll.n}`}
                checked={chosen.includes(index)}
                onChange={() => toggle(index)}
              />
              <span dir="auto">{option}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Button look="primary" type="submit" busy={busy} disabled={!ready} data-testid="poll-vote">
        {t("talk.vote")}
      </Button>
      <p class="small muted">{t(poll.anonymous ? "talk.anonymous_words" : "talk.named_words")}</p>
    </form>
  );
}
