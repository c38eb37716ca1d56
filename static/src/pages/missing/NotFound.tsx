/** An address that leads nowhere. */
import { Compass } from "lucide-preact";
import { t } from "../../i18n";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Shell";
import { State } from "../../ui/States";

export default function NotFound() {
  return (
    <Page quiet title={t("state.not_found")}>
      <State
        icon={Compass}
        testid="not-found"
        title={t("state.not_found")}
        action={<ButtonLink href="/">{t("action.home")}</ButtonLink>}
      >
        {t("state.not_found_words")}
      </State>
    </Page>
  );
}
