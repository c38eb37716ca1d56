/**
 * Two calm bands over the stage: who has the floor (with the microphone's button, if it is you), and a
 * poll that waits for your answer.
 */
import { Mic, MicVocal, Vote, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { useDesk } from "../context";
import { ask } from "./actions";

export function FloorBanner() {
  const { room } = useDesk();
  const { state, local } = room;
  const { floor } = state.talk;
  if (!floor.value) return null;
  const you = floor.value === state.you.value;
  const silent = you && local.mic.state.value !== "on" && state.rights.value.publish.includes("mic");
  return (
    <div
      class={you ? "banner talk-banner talk-banner-you" : "banner talk-banner"}
      role={you ? "alert" : "status"}
      data-testid="floor"
      data-person={floor.value}
    >
      <MicVocal size={20} aria-hidden />
      <span class="grow" dir="auto">
        {you ? t("talk.floor_you") : t("talk.floor", { name: state.name(floor.value) })}
      </span>
      <span class="row">
        {silent && (
          <Button
            look="primary"
            icon={Mic}
            busy={local.mic.state.value === "starting"}
            onClick={() => void local.toggle("mic")}
            data-testid="floor-unmute"
          >
            {t("talk.unmute")}
          </Button>
        )}
        {(you || state.rights.value.open) && (
          <Button onClick={() => void ask(room, "floor.end")} data-testid="floor-end">
            {you ? t("talk.floor_done") : t("talk.floor_end")}
          </Button>
        )}
      </span>
    </div>
  );
}

export function PollBanner() {
  const { room, panel } = useDesk();
  const { state } = room;
  const [later, setLater] = useState(0);
  const poll = state.talk.unvoted.value.at(-1);
  if (!poll || later === poll.n || panel.value === "ask") return null;
  if (state.rights.value.open || !state.rights.value.chat) return null;
  return (
    <div class="banner talk-banner" data-testid="poll-banner">
      <Vote size={20} aria-hidden />
      <span class="grow talk-banner-words" dir="auto">
        {t("talk.poll_now", { question: poll.question })}
      </span>
      <Button look="primary" onClick={() => (panel.value = "ask")} data-testid="poll-banner-open">
        {t("talk.poll_answer")}
      </Button>
      <IconButton icon={X} label={t("action.close")} onClick={() => setLater(poll.n)} />
    </div>
  );
}
