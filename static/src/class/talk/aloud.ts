/**
 * What a screen reader hears of talking: hands for who runs the class (many in one sentence), the own
 * place, who has the floor, new questions and polls. Events flow in, short sentences flow out.
 */
import { effect, untracked } from "@preact/signals";
import { t } from "../../i18n";
import type { Room } from "../room";
import type { Happened } from "./state";

const QUIET = 1500; // ms in which hands are gathered

/** The sentence for what happened to others or to you; empty where it is not worth one. Pure but for words. */
export function sentence(room: Room, what: Happened): string {
  const { state } = room;
  const leads = state.rights.value.open;
  const own = what.person === state.you.value;
  const name = state.name(what.person);
  switch (what.kind) {
    case "hand":
      return own ? t("talk.said_own_hand", { place: state.talk.hands.value.indexOf(what.person) + 1 }) : "";
    case "floor":
      return own ? "" : t("talk.floor", { name }); // the own floor is an alert of its own
    case "question":
      return leads && !own ? t("talk.said_question", { name, text: what.text }) : "";
    case "answer":
      return leads ? "" : t("talk.said_answer", { text: what.text });
    case "poll":
      return leads ? "" : t("talk.poll_now", { question: what.text });
    case "results":
      return leads ? "" : t("talk.said_results", { question: what.text });
  }
}

/** The sentence for hands that went up within a moment. */
export function handsSentence(names: readonly string[]): string {
  if (names.length === 0) return "";
  return names.length === 1
    ? t("talk.said_hand", { name: names[0] ?? "" })
    : t("talk.said_hands", { count: names.length });
}

export function talkAloud(room: Room, say: (words: string) => void): { stop: () => void } {
  let up: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    say(handsSentence(up));
    up = [];
  };
  const stop = effect(() => {
    const what = room.state.talk.happened.value;
    if (!what) return;
    untracked(() => {
      const { rights, you } = room.state;
      if (what.kind === "hand" && what.person !== you.value) {
        if (!rights.value.open) return;
        up.push(room.state.name(what.person));
        timer ??= setTimeout(flush, QUIET);
        return;
      }
      const words = sentence(room, what);
      if (words) say(words);
    });
  });
  return {
    stop: () => {
      stop();
      clearTimeout(timer);
    },
  };
}
