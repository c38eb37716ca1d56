/**
 * Several people at one device. A student ticks who sits with them; who runs the class sees each room
 * and confirms who is there: only that marks anybody as present.
 */
import { useEffect, useState } from "preact/hooks";
import { get } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check, Field } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Empty, Load } from "../../ui/States";
import { useDesk } from "../context";
import { useAsking } from "../moderation/ask";
import { toast } from "../../ui/Toast";
import "./together.css";

interface Props {
  open: boolean;
  onClose: () => void;
}

interface Mate {
  id: string;
  name: string;
}

interface RoomView {
  person: string;
  name: string;
  people: (Mate & { confirmed: boolean; alone: boolean })[];
}

export default function TogetherDialog(props: Props) {
  const { room } = useDesk();
  return room.state.rights.value.open ? <Rooms {...props} /> : <Here {...props} />;
}

function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const now = new Set(set);
  if (!now.delete(id)) now.add(id);
  return now;
}

function Here({ open, onClose }: Props) {
  const { room } = useDesk();
  const { ask, busy } = useAsking();
  const known = room.together.rooms.value.get(room.state.you.value);
  const [name, setName] = useState(known?.name ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mates = useResource(
    signal => get<{ items: Mate[] }>(`/lessons/${encodeURIComponent(room.lesson)}/mates`, {}, signal),
    [room.lesson],
  );
  const save = async (people: string[]): Promise<void> => {
    if (!(await ask("together.set", { people, name: name.trim() }))) return;
    toast(t(people.length > 0 ? "together.saved" : "together.alone_again"));
    onClose();
  };
  const ready = chosen.size > 0 && name.trim() !== "";
  return (
    <Dialog
      open={open}
      title={t("together.here")}
      onClose={onClose}
      onSubmit={() => ready && void save([...chosen])}
      testid="dialog-together"
      foot={
        <>
          {known && (
            <Button busy={busy} onClick={() => void save([])} data-testid="together-end">
              {t("together.alone")}
            </Button>
          )}
          <Button look="primary" type="submit" busy={busy} disabled={!ready} data-testid="together-save">
            {t("together.save", { count: chosen.size + 1 })}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p class="muted">{t("together.here_words")}</p>
        <Field
          label={t("together.name")}
          hint={t("together.name_hint")}
          value={name}
          onValue={setName}
          maxLength={60}
          data-testid="together-name"
        />
        <Load of={mates}>
          {found =>
            found.items.length === 0 ? (
              <Empty title={t("together.nobody")} />
            ) : (
              <fieldset class="together-list">
                <legend>{t("together.who")}</legend>
                {found.items.map(one => (
                  <Check
                    key={one.id}
                    label={one.name}
                    checked={chosen.has(one.id)}
                    onValue={() => setChosen(toggled(chosen, one.id))}
                    data-testid="together-mate"
                  />
                ))}
              </fieldset>
            )
          }
        </Load>
      </div>
    </Dialog>
  );
}

function Rooms({ open, onClose }: Props) {
  const { room } = useDesk();
  const rooms = useResource(
    signal => get<{ items: RoomView[] }>(`/lessons/${encodeURIComponent(room.lesson)}/together`, {}, signal),
    [room.lesson, room.together.rooms.value, open],
  );
  return (
    <Dialog open={open} title={t("together.rooms")} onClose={onClose} testid="dialog-together">
      <div class="stack">
        <p class="muted">{t("together.rooms_words")}</p>
        {rooms.error !== undefined && <Note tone="danger">{explain(rooms.error)}</Note>}
        {rooms.data?.items.length === 0 && <Empty title={t("together.none")} />}
        {rooms.data?.items.map(one => (
          <OneRoom key={one.person} of={one} />
        ))}
      </div>
    </Dialog>
  );
}

function OneRoom({ of }: { of: RoomView }) {
  const { room } = useDesk();
  const { ask, busy } = useAsking();
  const decided = of.people.some(one => one.confirmed);
  const first = (): Set<string> =>
    new Set(of.people.filter(one => one.confirmed || !decided).map(one => one.id));
  const [there, setThere] = useState<ReadonlySet<string>>(first);
  const [done, setDone] = useState(decided);
  useEffect(() => setThere(first()), [of]);
  const confirm = async (): Promise<void> => {
    if (await ask("together.confirm", { person: of.person, people: [...there] })) setDone(true);
  };
  return (
    <fieldset class="together-list" data-testid="together-room" data-person={of.person}>
      <legend>{room.together.named(of.person, room.state.name(of.person))}</legend>
      {of.people.map(one => (
        <Check
          key={one.id}
          label={one.alone ? t("together.also_alone", { name: one.name }) : one.name}
          checked={there.has(one.id)}
          onValue={() => {
            setThere(toggled(there, one.id));
            setDone(false);
          }}
          data-testid="together-seated"
        />
      ))}
      <Button
        look="primary"
        busy={busy}
        disabled={done}
        onClick={() => void confirm()}
        data-testid="together-confirm"
      >
        {done ? t("together.confirmed") : t("together.confirm", { count: there.size })}
      </Button>
    </fieldset>
  );
}
