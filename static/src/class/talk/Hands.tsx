/** The raised hands in their order, above the list of people; who runs the class gives the floor here. */
import { MicVocal, X } from "lucide-preact";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { useDesk } from "../context";
import { ask } from "./actions";

export function Hands() {
  const { room } = useDesk();
  const { state } = room;
  const { hands } = state.talk;
  if (hands.value.length === 0) return null;
  const leads = state.rights.value.open;
  return (
    <section class="hands" aria-labelledby="hands-title" data-testid="hands">
      <header class="hands-head">
        <h3 id="hands-title" class="grow">
          {t("talk.hands")} <span class="numbers muted">{hands.value.length}</span>
        </h3>
        {leads && (
          <Button
            look="quiet"
            onClick={() => void ask(room, "hand.lower", { all: true })}
            data-testid="hands-lower-all"
          >
            {t("talk.lower_all")}
          </Button>
        )}
      </header>
      <ol role="list" class="hands-list">
        {hands.value.map((person, index) => {
          const you = person === state.you.value;
          const name = state.name(person);
          return (
            <li
              key={person}
              class={leads && index === 0 ? "hand-row hand-first" : "hand-row"}
              data-testid="hand-row"
              data-person={person}
            >
              <span class="hand-place numbers">{index + 1}</span>
              <span class="person-name grow" dir="auto" title={name}>
                {you ? t("class.name_you", { name }) : name}
              </span>
              {leads && index > 0 && (
                <IconButton
                  icon={MicVocal}
                  label={t("talk.give_name", { name })}
                  onClick={() => void ask(room, "floor.give", { person })}
                  data-testid="hand-floor"
                />
              )}
              {leads && index === 0 && (
                <Button
                  wide
                  look="primary"
                  icon={MicVocal}
                  aria-label={t("talk.give_name", { name })}
                  onClick={() => void ask(room, "floor.give", { person })}
                  data-testid="hand-floor"
                >
                  {t("talk.give")}
                </Button>
              )}
              {(leads || you) && (
                <IconButton
                  icon={X}
                  label={t("talk.lower_name", { name })}
                  onClick={() => void ask(room, "hand.lower", you ? {} : { people: [person] })}
                  data-testid="hand-lower"
                />
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
