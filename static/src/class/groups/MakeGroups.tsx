/** Making groups: how people are divided, a look at the outcome, and for how long. */
import { Shuffle, Users } from "lucide-preact";
import { useMemo, useState } from "preact/hooks";
import { language, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Choice, Field, Select, TextArea } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { useDesk } from "../context";
import { inOrder } from "../layout";
import { useAsking } from "../moderation/ask";
import { atRandom, byHand, byList, divided, type Draft } from "./split";

type Way = "random" | "hand" | "list";
const MINUTES = [0, 5, 10, 15, 20, 30, 45, 60];
const MOST = 50;

export function MakeGroups({ onClose }: { onClose: () => void }) {
  const { state } = useDesk().room;
  const [way, setWay] = useState<Way>("random");
  const [count, setCount] = useState("2");
  const [minutes, setMinutes] = useState("10");
  const [pasted, setPasted] = useState("");
  const [round, setRound] = useState(0);
  const [places, setPlaces] = useState<ReadonlyMap<string, number>>(new Map());
  const { busy, ask } = useAsking();
  // Whoever comes while the dialog is open is not thrown in: they would move everybody else about.
  const everybody = state.people.value;
  const people = useMemo(() => inOrder(everybody.values(), "", language.value).filter(divided), [everybody]);
  const ids = people.map(person => person.id);
  const number = Math.min(MOST, Math.max(1, Math.floor(Number(count)) || 1));
  const name = (index: number): string => t("groups.name", { number: index });
  const random = useMemo(
    () => atRandom(ids, number, name, Math.random),
    [ids.join(), number, round, language.value],
  );
  const listed = useMemo(() => byList(pasted, people, name), [pasted, people]);
  const drafts: Draft[] =
    way === "random" ? random : way === "hand" ? byHand(number, places, name) : listed.drafts;
  const left = people.length - drafts.reduce((sum, draft) => sum + draft.people.length, 0);
  const open = async (): Promise<void> => {
    const done = await ask("groups.open", { groups: drafts, seconds: Number(minutes) * 60 });
    if (done) onClose();
  };
  return (
    <div class="stack">
      <Choice
        label={t("groups.way")}
        value={way}
        onValue={value => setWay(value as Way)}
        options={[
          { value: "random", label: t("groups.way_random") },
          { value: "hand", label: t("groups.way_hand") },
          { value: "list", label: t("groups.way_list") },
        ]}
        testid="groups-way"
      />
      {way !== "list" && (
        <div class="groups-how">
          <Field
            label={t("groups.how_many")}
            type="number"
            min={1}
            max={MOST}
            inputMode="numeric"
            value={count}
            onValue={setCount}
            data-testid="groups-count"
          />
          {way === "random" && (
            <Button icon={Shuffle} onClick={() => setRound(round + 1)} data-testid="groups-shuffle">
              {t("groups.shuffle")}
            </Button>
          )}
        </div>
      )}
      {way === "list" && (
        <TextArea
          label={t("groups.list")}
          hint={t("groups.list_hint")}
          rows={5}
          value={pasted}
          onValue={setPasted}
          data-testid="groups-list"
        />
      )}
      {way === "list" && listed.unknown.length > 0 && (
        <Note tone="warn" testid="groups-unknown">
          {t("groups.unknown", { names: listed.unknown.join(", ") })}
        </Note>
      )}
      {way === "hand" && (
        <ul role="list" class="groups-hand">
          {people.map(person => (
            <li key={person.id} class="groups-hand-row">
              <span class="person-name" dir="auto">
                {person.name}
              </span>
              <Select
                bare
                label={t("groups.of_name", { name: person.name })}
                value={String(places.get(person.id) ?? "")}
                none={t("groups.main")}
                onValue={value => {
                  const next = new Map(places);
                  if (value === "") next.delete(person.id);
                  else next.set(person.id, Number(value));
                  setPlaces(next);
                }}
                options={Array.from({ length: number }, (_, index) => ({
                  value: String(index),
                  label: name(index + 1),
                }))}
                data-testid="groups-hand-select"
                data-person={person.id}
              />
            </li>
          ))}
        </ul>
      )}
      {way !== "hand" && drafts.length > 0 && (
        <ul role="list" class="groups-drafts" aria-label={t("groups.preview")} data-testid="groups-drafts">
          {drafts.map((draft, index) => (
            <li key={index} class="groups-draft">
              <b>{draft.name}</b>
              <span class="small muted">{t("groups.people", { count: draft.people.length })}</span>
              <span class="small">{draft.people.map(id => state.name(id)).join(", ") || "–"}</span>
            </li>
          ))}
        </ul>
      )}
      {people.length === 0 && <Note>{t("groups.nobody")}</Note>}
      {left > 0 && drafts.length > 0 && <p class="small muted">{t("groups.rest", { count: left })}</p>}
      <Select
        label={t("groups.time")}
        value={minutes}
        onValue={setMinutes}
        options={MINUTES.map(value => ({
          value: String(value),
          label: value ? t("groups.minutes", { count: value }) : t("groups.no_end"),
        }))}
        data-testid="groups-minutes"
      />
      <p class="small muted">{t("groups.what")}</p>
      <Button
        look="primary"
        icon={Users}
        busy={busy}
        disabled={drafts.length === 0}
        onClick={() => void open()}
        data-testid="groups-open"
      >
        {t("groups.open", { count: drafts.length })}
      </Button>
    </div>
  );
}
