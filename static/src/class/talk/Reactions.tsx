/**
 * Reactions: the choice of six, and what the class sends, counted by the server once a second and shown at
 * the foot of the stage for a moment. Nothing of them is kept.
 */
import { Heart, Laugh, PartyPopper, Rabbit, SmilePlus, ThumbsUp, Turtle } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Icon } from "../../ui/Button";
import { Control } from "../Bar";
import { useDesk } from "../context";
import { ask } from "./actions";
import "./talk.css";

export const REACTIONS = [
  ["clap", PartyPopper],
  ["thumbs", ThumbsUp],
  ["heart", Heart],
  ["laugh", Laugh],
  ["slower", Turtle],
  ["faster", Rabbit],
] as const satisfies readonly (readonly [string, Icon])[];

const LASTS = 4000; // ms

export function ReactionChoice({ onChosen }: { onChosen: () => void }) {
  const { room } = useDesk();
  return (
    <div class="reaction-choice" role="group" aria-label={t("talk.react")} data-testid="reaction-choice">
      {REACTIONS.map(([what, Picture]) => (
        <button
          key={what}
          type="button"
          class={`reaction reaction-${what}`}
          data-testid={`reaction-${what}`}
          onClick={() => {
            void ask(room, "reaction.send", { what });
            onChosen();
          }}
        >
          <Picture size={22} aria-hidden />
          <span>{t(`talk.reaction.${what}`)}</span>
        </button>
      ))}
    </div>
  );
}

/** The button in the bar of a wide screen; a phone has the choice under "More". */
export function ReactControl() {
  const { room } = useDesk();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>(".reaction")?.focus();
    const away = (event: Event): void => {
      if (!inside(box.current, event)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  if (!room.state.rights.value.chat || room.state.phase.value !== "open") return null;
  return (
    <div
      class="react"
      ref={box}
      onKeyDown={event => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation(); // else the panel closes too
        setOpen(false);
        box.current?.querySelector<HTMLElement>(".control")?.focus();
      }}
    >
      {open && <ReactionChoice onChosen={() => setOpen(false)} />}
      <Control
        icon={SmilePlus}
        word={t("talk.react")}
        expanded={open}
        onClick={() => setOpen(!open)}
        testid="bar-react"
      />
    </div>
  );
}

function inside(box: HTMLElement | null, { target }: Event): boolean {
  return target instanceof Node && (box?.contains(target) ?? false);
}

/** What the class sends now. */
export function Reactions() {
  const { reactions } = useDesk().room.state.talk;
  const [shown, setShown] = useState<Readonly<Record<string, number>>>({});
  const news = reactions.value;
  useEffect(() => {
    if (Object.keys(news).length === 0) return;
    setShown(news);
    const timer = setTimeout(() => setShown({}), LASTS);
    return () => clearTimeout(timer);
  }, [news]);
  const now = REACTIONS.filter(([what]) => (shown[what] ?? 0) > 0);
  if (now.length === 0) return null;
  return (
    <div class="reactions" aria-hidden="true" data-testid="reactions">
      {now.map(([what, Picture]) => (
        <span key={what} class={`reaction-now reaction-${what}`}>
          <Picture size={20} />
          <span class="numbers">{shown[what]}</span>
        </span>
      ))}
    </div>
  );
}
