/**
 * The hand in the bar: a student raises and lowers their own and sees their place; who runs the class sees
 * how many are up and opens their list.
 */
import { Hand } from "lucide-preact";
import { t } from "../../i18n";
import { Control } from "../Bar";
import { useDesk } from "../context";
import { mayRaise, toggleHand } from "./actions";

export function HandControl() {
  const desk = useDesk();
  const { state } = desk.room;
  const { hands } = state.talk;
  if (state.rights.value.open) {
    const count = hands.value.length;
    return (
      <Control
        icon={Hand}
        word={t("talk.hands")}
        label={count > 0 ? t("talk.hands_up", { count }) : t("talk.no_hands")}
        count={count}
        fresh
        onClick={() => void toggleHand(desk)}
        testid="bar-hands"
      />
    );
  }
  if (!mayRaise(desk.room)) return null;
  const place = hands.value.indexOf(state.you.value) + 1;
  return (
    <Control
      icon={Hand}
      word={t("talk.hand")}
      label={place > 0 ? t("talk.lower_own", { place }) : t("talk.raise")}
      tone={place > 0 ? "on" : undefined}
      pressed={place > 0}
      count={place}
      fresh={place > 0}
      onClick={() => void toggleHand(desk)}
      testid="bar-hand"
    />
  );
}
