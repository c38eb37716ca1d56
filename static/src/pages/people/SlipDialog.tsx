/**
 * The slip for a first login: address, login, one-time password, three steps. In the language of the one
 * it is for, printed alone on the sheet. The password is here once and nowhere else.
 */
import { useEffect, useState } from "preact/hooks";
import { Printer } from "lucide-preact";
import type { Slip } from "../../api/types";
import { isLanguage, language, LANGUAGE_NAMES, LANGUAGES, setLanguage, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Choice } from "../../ui/Field";
import { Note } from "../../ui/Note";
import { Mark } from "../../ui/Shell";

export function SlipDialog({ slip, onClose }: { slip: Slip; onClose: () => void }) {
  const [own] = useState(language.value);
  // The slip borrows the page's catalogue for its language; closing gives the page its own back.
  useEffect(() => () => void (language.value !== own && setLanguage(own)), []);
  return (
    <Dialog
      open
      title={t("slip.title")}
      onClose={onClose}
      testid="slip"
      foot={
        <>
          <Button onClick={onClose}>{t("action.close")}</Button>
          <Button look="primary" icon={Printer} onClick={() => window.print()} data-testid="slip-print">
            {t("action.print")}
          </Button>
        </>
      }
    >
      <div class="slip-note stack">
        <Note tone="warn">{t("slip.once")}</Note>
        <Choice
          label={t("slip.language")}
          value={language.value}
          options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
          onValue={value => isLanguage(value) && void setLanguage(value)}
          testid="slip-language"
        />
      </div>
      <div class="slip">
        <p class="slip-brand">
          <Mark size={24} /> {t("app.name")}
        </p>
        <h3>{slip.name}</h3>
        <dl>
          <dt>{t("slip.address")}</dt>
          <dd class="slip-word">{location.origin}</dd>
          <dt>{t("login.login")}</dt>
          <dd data-testid="slip-login">{slip.login}</dd>
          <dt>{t("login.password")}</dt>
          <dd data-testid="slip-password">{slip.password}</dd>
        </dl>
        <ol>
          <li>{t("slip.step_open")}</li>
          <li>{t("slip.step_login")}</li>
          <li>{t("slip.step_change")}</li>
        </ol>
        <p class="small">{t("slip.secret")}</p>
      </div>
    </Dialog>
  );
}
