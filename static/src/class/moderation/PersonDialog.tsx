/**
 * What may be done about one person: mute, ask, let them run the class, put them into a group, take them
 * out. One sheet with a word on every button, the same for mouse, keyboard and thumb.
 */
import { Captions, Crown, Mic, MicOff, PenLine, UserMinus, Users, Video } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, type Icon } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select } from "../../ui/Field";
import { toast } from "../../ui/Toast";
import { useDesk } from "../context";
import { placesOf } from "../order";
import { useAsking } from "./ask";

/** Roles that may write in a class at all. */
const CHATS = ["student", "guest", "curator"];

export function PersonDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const desk = useDesk();
  const { captions, slides, state } = desk.room;
  const id = desk.person.value;
  const person = state.people.value.get(id);
  const [removing, setRemoving] = useState(false);
  useEffect(() => setRemoving(false), [open, id]);
  const { busy, ask } = useAsking();
  if (!person) {
    return (
      <Dialog open={open} title={t("order.person_gone")} onClose={onClose} testid="dialog-person">
        <p>{t("order.person_gone_words")}</p>
      </Dialog>
    );
  }
  const { rules, hosts } = state.order.moderation.value;
  const host = hosts.includes(id);
  const teacher = person.role === "teacher";
  const own = state.people.value.get(state.you.value);
  const may = own?.role === "teacher";
  const done = async (type: string, body: Record<string, unknown>, words?: string): Promise<void> => {
    if (!(await ask(type, body))) return;
    if (words) toast(words);
    onClose();
  };
  if (removing) return <RemoveDialog open={open} id={id} name={person.name} onClose={onClose} />;
  const asked = t("order.asked_done", { name: person.name });
  return (
    <Dialog open={open} title={person.name} onClose={onClose} testid="dialog-person">
      <div class="menu">
        {person.mic && (
          <Action
            icon={MicOff}
            busy={busy}
            word={t("order.mute")}
            onClick={() => void done("class.mute", { people: [id] })}
            testid="person-mute"
          />
        )}
        {!person.mic && (rules.mics || teacher || host) && (
          <Action
            icon={Mic}
            busy={busy}
            word={t("order.ask_mic")}
            onClick={() => void done("class.ask", { person: id, source: "mic" }, asked)}
            testid="person-ask-mic"
          />
        )}
        {!person.cam && (rules.cams || teacher || host) && (
          <Action
            icon={Video}
            busy={busy}
            word={t("order.ask_cam")}
            onClick={() => void done("class.ask", { person: id, source: "cam" }, asked)}
            testid="person-ask-cam"
          />
        )}
        {may && !teacher && (
          <Action
            icon={Crown}
            busy={busy}
            word={host ? t("order.host_off") : t("order.host_on")}
            onClick={() => void done("class.host", { person: id, on: !host })}
            testid="person-host"
          />
        )}
        {state.rights.value.slides && slides.shown && !teacher && !host && !slides.everybody && (
          <Action
            icon={PenLine}
            busy={busy}
            word={slides.lets(id) ? t("slides.pen_off") : t("slides.pen_on")}
            onClick={() => void done("slides.pens", { person: id, on: !slides.lets(id) })}
            testid="person-pen"
          />
        )}
        {state.rights.value.open && !teacher && !host && CHATS.includes(person.role) && (
          <Action
            icon={Captions}
            busy={busy}
            word={t(captions.writers.value.has(id) ? "captions.lend_off" : "captions.lend")}
            onClick={() => void done("caption.lend", { person: id, on: !captions.writers.value.has(id) })}
            testid="person-captions"
          />
        )}
        {!teacher && <MoveTo id={id} onMoved={onClose} />}
        {!teacher && (
          <Action
            icon={UserMinus}
            busy={busy}
            danger
            word={t("order.remove")}
            onClick={() => setRemoving(true)}
            testid="person-remove"
          />
        )}
      </div>
    </Dialog>
  );
}

function Action(props: {
  icon: Icon;
  word: string;
  busy: boolean;
  danger?: boolean;
  onClick: () => void;
  testid: string;
}) {
  return (
    <Button
      look="quiet"
      class={props.danger ? "menu-item menu-danger" : "menu-item"}
      icon={props.icon}
      disabled={props.busy}
      onClick={props.onClick}
      data-testid={props.testid}
    >
      {props.word}
    </Button>
  );
}

function MoveTo({ id, onMoved }: { id: string; onMoved: () => void }) {
  const { state } = useDesk().room;
  const { ask } = useAsking();
  const groups = state.order.groups.value;
  if (!groups.open) return null;
  const place = placesOf(groups, id)[0] ?? "";
  const move = async (group: string): Promise<void> => {
    if (group !== place && (await ask("groups.move", { person: id, group }))) onMoved();
  };
  return (
    <div class="menu-field">
      <Users size={20} aria-hidden />
      <Select
        label={t("groups.of_person")}
        value={place}
        onValue={group => void move(group)}
        none={t("groups.main")}
        options={groups.groups.map(group => ({ value: group.id, label: group.name }))}
        data-testid="person-group"
      />
    </div>
  );
}

function RemoveDialog(props: { open: boolean; id: string; name: string; onClose: () => void }) {
  const { open, id, name, onClose } = props;
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, ask } = useAsking();
  const remove = async (): Promise<void> => {
    setTried(true);
    if (!reason.trim()) return;
    if (!(await ask("class.remove", { person: id, reason: reason.trim() }))) return;
    toast(t("order.removed_done", { name }));
    onClose();
  };
  return (
    <Dialog
      open={open}
      title={t("order.remove_title", { name })}
      onClose={onClose}
      onSubmit={() => void remove()}
      testid="dialog-remove"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="danger" type="submit" busy={busy} data-testid="remove-yes">
            {t("order.remove_yes")}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>{t("order.remove_words")}</p>
        <Field
          label={t("order.remove_reason")}
          hint={t("order.remove_reason_hint")}
          error={tried && !reason.trim() ? t("order.remove_reason_missing") : undefined}
          value={reason}
          onValue={setReason}
          maxLength={300}
          data-testid="remove-reason"
        />
      </div>
    </Dialog>
  );
}
