/** A page of the house that is not open to this person. */
import { Lock } from "lucide-preact";
import { t } from "../../i18n";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Shell";
import { State } from "../../ui/States";

export default function Forbidden() {
  return (
    <Page quiet title={t("state.forbidden")}>
      <State
        icon={Lock}
        title={t("state.forbidden")}
        testid="forbidden"
        action={<ButtonLink href="/">{t("action.home")}</ButtonLink>}
      >
        {t("state.forbidden_words")}
      </State>
    </Page>
  );
}
