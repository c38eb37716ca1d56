/**
 * What the projector shows beside the stage, to be read from the last row: the lesson, the time, who has
 * the floor, how many hands are up, the question of an open poll. And the way out.
 */
import { Hand, X } from "lucide-preact";
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { useNow } from "../../ui/hooks";
import { IconButton } from "../../ui/Button";
import { useDesk } from "../context";
import "./projector.css";

export default function ProjectorWords({ title }: { title: string }) {
  const { room, projector } = useDesk();
  const { state } = room;
  const { talk } = state;
  const now = useNow(1000);
  const hands = talk.hands.value.length;
  const floor = talk.floor.value;
  const poll = talk.running.value.at(-1);
  return (
    <header class="projector-words" data-testid="projector-words">
      <h1 dir="auto">{title}</h1>
      {floor && (
        <p class="projector-floor" dir="auto">
          {room.together.named(floor, state.name(floor))}
        </p>
      )}
      {hands > 0 && (
        <p class="numbers">
          <Hand size={36} aria-hidden /> {hands}
          <span class="hidden-text"> {t("talk.hand_is_up")}</span>
        </p>
      )}
      <p class="numbers">{clock(new Date(now).toISOString())}</p>
      <IconButton
        icon={X}
        label={t("projector.end")}
        onClick={() => (projector.value = false)}
        data-testid="projector-end"
      />
      {poll && (
        <div class="projector-poll" dir="auto">
          <p>{poll.question}</p>
          {poll.options.length > 0 && (
            <ol>
              {poll.options.map(option => (
                <li key={option}>{option}</li>
              ))}
            </ol>
          )}
        </div>
      )}
    </header>
  );
}
