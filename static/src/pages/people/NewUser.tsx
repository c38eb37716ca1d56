/** Making an account: name, login, e-mail, language, a first role. The answer is the slip. */
import { useState } from "preact/hooks";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import type { Slip } from "../../api/types";
import { LANGUAGE_NAMES, LANGUAGES, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { suggestLogin } from "./login";
import { NO_ROLE, RoleFields } from "./RoleFields";

interface Props {
  open: boolean;
  onClose: () => void;
  onMade: (slip: Slip) => void;
}

export function NewUser({ open, onClose, onMade }: Props) {
  return open ? <Form onClose={onClose} onMade={onMade} /> : null;
}

function Form({ onClose, onMade }: Omit<Props, "open">) {
  const [name, setName] = useState("");
  const [login, setLogin] = useState<string>();
  const [email, setEmail] = useState("");
  const [language, setLanguage] = useState("ky");
  const [role, setRole] = useState(NO_ROLE);
  const doing = useDoing();
  const shown = login ?? suggestLogin(name);
  const make = (): void =>
    void doing.run(async () => {
      onMade(
        await post<Slip>("/users", {
          name: name.trim(),
          login: shown.trim(),
          email: email.trim(),
          language,
          roles: [role],
        }),
      );
    });
  return (
    <Dialog
      open
      wide
      title={t("people.new")}
      onClose={onClose}
      onSubmit={make}
      testid="person-form"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="primary"
            busy={doing.busy}
            disabled={name.trim() === "" || shown.trim() === ""}
            data-testid="person-make"
          >
            {t("people.make")}
          </Button>
        </>
      }
    >
      <div class="form-grid">
        <Field
          label={t("people.name")}
          hint={t("people.name_hint")}
          value={name}
          onValue={setName}
          maxLength={200}
          autofocus
          data-testid="person-name"
        />
        <Field
          label={t("login.login")}
          hint={t("people.login_hint")}
          value={shown}
          onValue={setLogin}
          maxLength={64}
          autocapitalize="none"
          spellcheck={false}
          data-testid="person-login"
        />
        <Field
          label={t("people.email")}
          value={email}
          onValue={setEmail}
          type="email"
          maxLength={254}
          data-testid="person-email"
        />
        <Select
          label={t("switch.language")}
          value={language}
          onValue={setLanguage}
          options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
        <RoleFields value={role} onValue={setRole} />
      </div>
      {doing.error !== undefined && (
        <Note tone="danger" testid="person-error">
          {explain(doing.error)}
        </Note>
      )}
    </Dialog>
  );
}
