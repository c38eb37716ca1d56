/**
 * The rules of the class: what students may switch on, who waits at the door, whether it is locked, and
 * who was removed. Each switch holds at once, for everybody, until it is switched back.
 */
import { MicOff, Undo2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Rules } from "../../media/order";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check } from "../../ui/Field";
import { useDesk } from "../context";
import { useAsking } from "./ask";

const SWITCHES = ["mics", "cams", "screens"] as const;
const DOOR = ["lobby", "guests"] as const;

export function RulesDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { state } = useDesk().room;
  const { locked } = state.order.moderation.value;
  const { removed } = state.order.lobby.value;
  const { ask } = useAsking();
  return (
    <Dialog open={open} title={t("order.rules_title")} onClose={onClose} testid="dialog-rules">
      <div class="stack">
        <section class="rules" aria-labelledby="rules-students">
          <h3 id="rules-students">{t("order.rules_students")}</h3>
          {SWITCHES.map(rule => (
            <RuleSwitch key={rule} rule={rule} />
          ))}
          <MuteAll />
        </section>
        <section class="rules" aria-labelledby="rules-door">
          <h3 id="rules-door">{t("order.rules_door")}</h3>
          {DOOR.map(rule => (
            <RuleSwitch key={rule} rule={rule} />
          ))}
          <Switch
            head={t("order.rule_locked")}
            more={t("order.rule_locked_more")}
            on={locked}
            type="class.lock"
            field="locked"
          />
        </section>
        {removed.length > 0 && (
          <section class="rules" aria-labelledby="rules-removed">
            <h3 id="rules-removed">{t("order.removed")}</h3>
            <ul role="list" data-testid="removed-list">
              {removed.map(one => (
                <li key={one.id} class="lobby-row" data-person={one.id}>
                  <span class="person-words">
                    <span class="person-name">{one.name}</span>
                    <span class="person-note">{one.reason}</span>
                  </span>
                  <Button
                    icon={Undo2}
                    onClick={() => void ask("class.readmit", { person: one.id })}
                    data-testid="readmit"
                  >
                    {t("order.readmit")}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}

function Words({ head, more }: { head: string; more: string }) {
  return (
    <span class="rule-words">
      <span>{head}</span>
      <span class="person-note">{more}</span>
    </span>
  );
}

function RuleSwitch({ rule }: { rule: keyof Rules }) {
  const { state } = useDesk().room;
  return (
    <Switch
      head={t(`order.rule_${rule}`)}
      more={t(`order.rule_${rule}_more`)}
      on={state.order.moderation.value.rules[rule]}
      type="class.rule"
      field={rule}
    />
  );
}

/** A switch of the class: shows what was clicked at once, and what really holds as soon as it is told. */
function Switch(props: { head: string; more: string; on: boolean; type: string; field: string }) {
  const { head, more, on, type, field } = props;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const { ask, busy } = useAsking();
  useEffect(() => setWanted(null), [on]);
  const change = async (value: boolean): Promise<void> => {
    setWanted(value);
    if (!(await ask(type, { [field]: value }))) setWanted(null);
  };
  return (
    <Check
      label={<Words head={head} more={more} />}
      checked={wanted ?? on}
      onValue={value => void change(value)}
      aria-busy={busy || undefined}
      data-testid={`rule-${field}`}
    />
  );
}

export function MuteAll() {
  const { busy, ask } = useAsking();
  return (
    <Button icon={MicOff} busy={busy} onClick={() => void ask("class.mute")} data-testid="mute-all">
      {t("order.mute_all")}
    </Button>
  );
}
