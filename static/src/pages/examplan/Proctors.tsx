/** Who watches the exam. Proctors are named by whoever plans it; the list of all is the office's. */
import { UserMinus, UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { all } from "../../api/lists";
import { useResource, type Resource } from "../../api/resource";
import type { UserView } from "../../api/types";
import type { ExamView } from "../../exam/types";
import { t } from "../../i18n";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import type { Proctor } from "../wall/types";
import { changeProctor } from "./api";

interface Props {
  exam: ExamView;
  found: Resource<{ proctors: Proctor[] }>;
  edit: boolean;
}

export function Proctors({ exam, found, edit }: Props) {
  const doing = useDoing();
  const change = (person: string, on: boolean): void =>
    void doing.run(async () => found.set(await changeProctor(exam.id, person, on)));
  return (
    <Load of={found}>
      {({ proctors }) => (
        <Card>
          {proctors.length === 0 && <p class="muted">{t("wall.duty_none")}</p>}
          <ul role="list" class="plain-list" data-testid="examplan-proctors">
            {proctors.map(one => (
              <li key={one.person} data-testid="examplan-proctor" data-person={one.person}>
                <span class="grow">{one.name}</span>
                {one.on && <Badge tone="good">{t("wall.duty_on")}</Badge>}
                {edit && (
                  <IconButton
                    icon={UserMinus}
                    label={t("examplan.proctor_away", { name: one.name })}
                    onClick={() => change(one.person, false)}
                    data-testid="examplan-proctor-away"
                  />
                )}
              </li>
            ))}
          </ul>
          {edit &&
            (may("user.search") ? (
              <Add taken={proctors.map(one => one.person)} busy={doing.busy} onAdd={id => change(id, true)} />
            ) : (
              <Note>{t("examplan.proctor_office")}</Note>
            ))}
          {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
        </Card>
      )}
    </Load>
  );
}

function Add({ taken, busy, onAdd }: { taken: string[]; busy: boolean; onAdd: (person: string) => void }) {
  const [chosen, setChosen] = useState("");
  const people = useResource(signal => all<UserView>("/users", { role: "proctor" }, signal), []);
  const left = (people.data ?? []).filter(one => !taken.includes(one.id) && !one.disabled);
  return (
    <div class="plan-add">
      <Select
        label={t("examplan.proctor_add")}
        none={t("picker.choose")}
        value={chosen}
        options={left.map(one => ({ value: one.id, label: one.name }))}
        onValue={setChosen}
        data-testid="examplan-proctor-pick"
      />
      <Button
        icon={UserPlus}
        busy={busy}
        disabled={!chosen}
        onClick={() => {
          onAdd(chosen);
          setChosen("");
        }}
        data-testid="examplan-proctor-add"
      >
        {t("action.add")}
      </Button>
    </div>
  );
}
