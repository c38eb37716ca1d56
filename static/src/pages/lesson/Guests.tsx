/**
 * Guest links of a lesson: for whom, as what, until when. The address is shown once, when it is made;
 * later a link can only be withdrawn.
 */
import { useState } from "preact/hooks";
import { Copy, Link2, Trash2 } from "lucide-preact";
import { get, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import type { LessonView } from "../../api/types";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import "./lesson.css";

export const GUEST_ROLES = ["guest", "observer"] as const;
type GuestRole = (typeof GUEST_ROLES)[number];

interface GuestLink {
  id: string;
  name: string;
  role: GuestRole;
  expires: string;
}

const HOUR = 3_600_000; // ms
/** When a link may end: with the lesson, an hour, a day or a week after it. */
const TERMS = [
  ["end", 0],
  ["hour", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
] as const;

export function Guests({ lesson }: { lesson: LessonView }) {
  const links = useResource(
    async signal => (await get<{ items: GuestLink[] }>(`/lessons/${lesson.id}/guests`, {}, signal)).items,
    [lesson.id],
  );
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<GuestLink>();
  const doing = useDoing();
  const withdraw = (link: GuestLink): void =>
    void doing.run(async () => {
      await remove(`/guests/${link.id}`);
      setLeaving(undefined);
      toast(t("guests.withdrawn"));
      links.reload();
    });
  return (
    <Card
      title={t("guests.title")}
      testid="guests"
      actions={
        <Button icon={Link2} onClick={() => setMaking(true)} data-testid="guest-new">
          {t("guests.new")}
        </Button>
      }
    >
      <Load of={links} lines={1}>
        {list =>
          list.length === 0 ? (
            <p class="muted">{t("guests.none")}</p>
          ) : (
            <ul class="plain-list" role="list">
              {list.map(link => (
                <li key={link.id} data-testid="guest-link">
                  <div class="stack-tight">
                    <span class="row">
                      <strong>{link.name}</strong>
                      <Badge>{t(`guests.short_${link.role}`)}</Badge>
                    </span>
                    <span class="muted small">{t("guests.until", { time: dayAndTime(link.expires) })}</span>
                  </div>
                  <Button
                    look="quiet"
                    icon={Trash2}
                    onClick={() => setLeaving(link)}
                    data-testid="guest-withdraw"
                  >
                    {t("guests.withdraw")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
      <NewGuest lesson={lesson} open={making} onClose={() => setMaking(false)} onMade={links.reload} />
      <Confirm
        open={leaving !== undefined}
        title={t("guests.withdraw_title")}
        words={
          <>
            <p>{t("guests.withdraw_words", { name: leaving?.name ?? "" })}</p>
            {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
          </>
        }
        action={t("guests.withdraw")}
        busy={doing.busy}
        onYes={() => leaving && withdraw(leaving)}
        onClose={() => setLeaving(undefined)}
      />
    </Card>
  );
}

interface NewGuestProps {
  lesson: LessonView;
  open: boolean;
  onClose: () => void;
  onMade: () => void;
}

function NewGuest({ lesson, open, onClose, onMade }: NewGuestProps) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<string>("guest");
  const [term, setTerm] = useState<string>("end");
  const [address, setAddress] = useState("");
  const doing = useDoing();
  const close = (): void => {
    setName("");
    setAddress("");
    doing.clear();
    onClose();
  };
  const make = (): void =>
    void doing.run(async () => {
      const after = TERMS.find(([id]) => id === term)?.[1] ?? 0;
      const expires = new Date(Date.parse(lesson.ends) + after).toISOString();
      const made = await post<{ id: string; url: string }>(`/lessons/${lesson.id}/guests`, {
        name: name.trim(),
        role,
        expires,
      });
      setAddress(new URL(made.url, location.origin).href);
      onMade();
    });
  if (address) {
    return (
      <Dialog
        open={open}
        title={t("guests.ready")}
        onClose={close}
        testid="guest-ready"
        foot={<Button onClick={close}>{t("action.close")}</Button>}
      >
        <p>{t("guests.ready_words")}</p>
        <div class="link-row">
          <Field
            label={t("guests.link")}
            value={address}
            onValue={() => undefined}
            readOnly
            data-testid="guest-url"
            onFocus={event => event.currentTarget.select()}
          />
          <Button look="primary" icon={Copy} onClick={() => void copyText(address)} data-testid="guest-copy">
            {t("action.copy")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      title={t("guests.new")}
      onClose={close}
      onSubmit={make}
      testid="guest-form"
      foot={
        <>
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="primary"
            busy={doing.busy}
            disabled={name.trim() === ""}
            data-testid="guest-make"
          >
            {t("guests.make")}
          </Button>
        </>
      }
    >
      <Field
        label={t("guests.name")}
        hint={t("guests.name_hint")}
        value={name}
        onValue={setName}
        maxLength={120}
        autofocus
        data-testid="guest-new-name"
      />
      <Select
        label={t("guests.role")}
        value={role}
        onValue={setRole}
        options={GUEST_ROLES.map(value => ({ value, label: t(`guests.role_${value}`) }))}
        data-testid="guest-new-role"
      />
      <Select
        label={t("guests.expires")}
        value={term}
        onValue={setTerm}
        options={TERMS.map(([value]) => ({ value, label: t(`guests.expires_${value}`) }))}
        data-testid="guest-new-expires"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
