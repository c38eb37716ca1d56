/** One account: change its words, give and take roles, disable it, give a new one-time password. */
import { useState } from "preact/hooks";
import { KeyRound, Plus, Trash2, UserCheck, UserX } from "lucide-preact";
import { get, patch, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import type { Slip, UserView } from "../../api/types";
import { t } from "../../i18n";
import { may, me } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { NO_ROLE, RoleFields } from "./RoleFields";
import "../lesson/lesson.css";

interface Props {
  user: UserView;
  onClose: () => void;
  onChanged: () => void;
  onSlip: (slip: Slip) => void;
}

export function UserDialog({ user: first, onClose, onChanged, onSlip }: Props) {
  const [user, setUser] = useState(first);
  const [name, setName] = useState(first.name);
  const [login, setLogin] = useState(first.login);
  const [email, setEmail] = useState(first.email);
  const [phone, setPhone] = useState(first.phone);
  const [asking, setAsking] = useState<"reset" | "disable">();
  const doing = useDoing();
  const path = `/users/${user.id}`;
  const self = user.id === me.value?.id;
  const typed = { name: name.trim(), login: login.trim(), email: email.trim(), phone: phone.trim() };
  const dirty = Object.entries(typed).some(([key, value]) => value !== user[key as keyof typeof typed]);

  const refresh = async (): Promise<void> => {
    setUser(await get<UserView>(path));
    onChanged();
  };
  const save = (): void =>
    void doing.run(async () => {
      setUser(await patch<UserView>(path, typed));
      onChanged();
      toast(t("done.saved"));
    });
  const disable = (disabled: boolean): void =>
    void doing.run(async () => {
      setUser(await patch<UserView>(path, { disabled }));
      setAsking(undefined);
      onChanged();
      toast(disabled ? t("people.was_disabled") : t("people.was_enabled"));
    });
  const reset = (): void =>
    void doing.run(async () => {
      const slip = await post<Slip>(`${path}/reset`);
      onChanged();
      onSlip(slip);
    });

  return (
    <Dialog
      open
      wide
      title={user.name}
      onClose={onClose}
      onSubmit={save}
      testid="person-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.close")}</Button>
          {may("user.edit") && (
            <Button
              type="submit"
              look="primary"
              busy={doing.busy}
              disabled={!dirty || name.trim() === "" || login.trim() === ""}
              data-testid="person-save"
            >
              {t("action.save")}
            </Button>
          )}
        </>
      }
    >
      <div class="row">
        {user.disabled ? (
          <Badge tone="danger">{t("people.disabled")}</Badge>
        ) : (
          <Badge tone="good">{t("people.active")}</Badge>
        )}
        {user.must_change && <Badge tone="warn">{t("people.must_change")}</Badge>}
        {user.two_factor && <Badge tone="accent">{t("people.two_factor")}</Badge>}
      </div>
      <div class="form-grid">
        <Field
          label={t("people.name")}
          value={name}
          onValue={setName}
          maxLength={200}
          data-testid="person-name"
        />
        <Field
          label={t("login.login")}
          value={login}
          onValue={setLogin}
          maxLength={64}
          autocapitalize="none"
          spellcheck={false}
          data-testid="person-login"
        />
        <Field label={t("people.email")} value={email} onValue={setEmail} type="email" maxLength={254} />
        <Field
          label={t("people.phone")}
          value={phone}
          onValue={setPhone}
          type="tel"
          maxLength={40}
          data-testid="person-phone"
        />
      </div>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Roles user={user} onChanged={refresh} />
      {!self && (
        <section class="form-section">
          <h3>{t("people.access")}</h3>
          <div class="row">
            {may("user.reset") && (
              <Button icon={KeyRound} onClick={() => setAsking("reset")} data-testid="person-reset">
                {t("people.reset")}
              </Button>
            )}
            {may("user.disable") &&
              (user.disabled ? (
                <Button
                  icon={UserCheck}
                  busy={doing.busy}
                  onClick={() => disable(false)}
                  data-testid="person-enable"
                >
                  {t("people.enable")}
                </Button>
              ) : (
                <Button icon={UserX} onClick={() => setAsking("disable")} data-testid="person-disable">
                  {t("people.disable")}
                </Button>
              ))}
          </div>
        </section>
      )}
      <Confirm
        open={asking === "reset"}
        title={t("people.reset_title")}
        words={<p>{t("people.reset_words", { name: user.name })}</p>}
        action={t("people.reset")}
        look="primary"
        busy={doing.busy}
        onYes={reset}
        onClose={() => setAsking(undefined)}
      />
      <Confirm
        open={asking === "disable"}
        title={t("people.disable_title")}
        words={<p>{t("people.disable_words", { name: user.name })}</p>}
        action={t("people.disable")}
        busy={doing.busy}
        onYes={() => disable(true)}
        onClose={() => setAsking(undefined)}
      />
    </Dialog>
  );
}

function Roles({ user, onChanged }: { user: UserView; onChanged: () => Promise<void> }) {
  const [fresh, setFresh] = useState(NO_ROLE);
  const doing = useDoing();
  const give = (): void =>
    void doing.run(async () => {
      await post(`/users/${user.id}/roles`, fresh);
      await onChanged();
    });
  const take = (role: string): void =>
    void doing.run(async () => {
      await remove(`/users/${user.id}/roles/${role}`);
      await onChanged();
    });
  return (
    <section class="form-section">
      <h3>{t("profile.roles")}</h3>
      <ul class="plain-list" role="list">
        {user.roles.map(role => (
          <li key={role.id} data-testid="person-role">
            <span>
              {t(`role.${role.role}`)}
              <span class="muted"> · {role.scope_name || t("people.whole")}</span>
            </span>
            {may("user.role") && (
              <Button look="quiet" icon={Trash2} onClick={() => take(role.id)} data-testid="role-take">
                {t("people.take_role")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may("user.role") && (
        <div class="role-form">
          <RoleFields value={fresh} onValue={setFresh} />
          <Button icon={Plus} busy={doing.busy} onClick={give} data-testid="role-give">
            {t("people.give_role")}
          </Button>
        </div>
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </section>
  );
}
