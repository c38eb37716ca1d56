/**
 * The list of a trial class: what there is to try, ticked off by itself as it is tried. Folded away on a
 * phone until somebody opens it.
 */
import { Ear } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { CircleCheck, Circle } from "lucide-preact";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { HelpLink } from "../../ui/HelpLink";
import { useDesk } from "../context";
import { Level } from "../Level";
import { echo, type EchoState } from "./echo";
import { progress, stepsFor, type Facts, type TrialStep } from "./steps";
import "./trial.css";

export default function TrialPanel() {
  const { room, narrow } = useDesk();
  const { local, slides, state } = room;
  const [done, setDone] = useState<ReadonlySet<TrialStep>>(new Set());
  const [heard, setHeard] = useState(false);
  const [hearing, setHearing] = useState<EchoState>("idle");
  const you = state.you.value;
  const shown = slides.shown;
  const facts: Facts = {
    start: state.phase.value === "open",
    mic: local.mic.state.value === "on",
    hear: heard,
    cam: local.cam.state.value === "on",
    share: local.screen.state.value === "on",
    slides: shown !== null,
    draw: shown !== null && slides.on(shown).length > 0,
    chat: state.lines.value.some(line => line.person === you),
    hand: state.talk.raised.value.has(you),
    poll: state.talk.polls.value.size > 0,
  };
  const now = progress(done, facts);
  useEffect(() => {
    if (now !== done) setDone(now);
  });
  if (!state.welcomed.value) return null;
  const steps = stepsFor(state.rights.value.open, local.devices.canShareScreen);
  const count = steps.filter(step => now.has(step)).length;
  const listen = async (): Promise<void> => {
    const track = local.mic.track.value;
    if (!track) return;
    if (await echo(track, setHearing)) setHeard(true);
  };
  const all = count === steps.length;
  return (
    <details class="trial" open={!narrow.value} data-testid="trial-list" data-done={count}>
      <summary>
        <span class="trial-title">{all ? t("trial.all_done") : t("trial.what")}</span>
        <span class="numbers muted" data-testid="trial-count">
          {t("trial.count", { done: count, all: steps.length })}
        </span>
      </summary>
      <p class="small muted">{t("trial.words")}</p>
      <ol class="trial-steps">
        {steps.map(step => (
          <li key={step} class={now.has(step) ? "trial-done" : undefined} data-testid={`trial-${step}`}>
            {now.has(step) ? <CircleCheck size={18} aria-hidden /> : <Circle size={18} aria-hidden />}
            <span>
              {t(`trial.step.${step}`)}
              {now.has(step) && <span class="hidden-text"> {t("trial.done")}</span>}
            </span>
            {step === "hear" && (
              <span class="trial-hear">
                <Button
                  icon={Ear}
                  disabled={!local.mic.track.value || hearing === "recording" || hearing === "playing"}
                  onClick={() => void listen()}
                  data-testid="trial-listen"
                >
                  {t(`trial.hear.${hearing}`)}
                </Button>
                <Level track={local.mic.track.value} />
              </span>
            )}
          </li>
        ))}
      </ol>
      <p class="hidden-text" role="status">
        {t("trial.count", { done: count, all: steps.length })}
      </p>
      <HelpLink part={state.rights.value.open ? "teacher" : "student"} />
    </details>
  );
}
