/** What an account settles before it goes on, in the server's order: password, second factor, consents. */
import { t } from "../../i18n";
import { loadMe, logout } from "../../state/me";
import type { Me } from "../../api/types";
import { Button } from "../../ui/Button";
import { useDoing } from "../../ui/hooks";
import { Door } from "../../ui/Shell";
import Consents from "./Consents";
import { OtpForm } from "./OtpForm";
import { PasswordForm } from "./PasswordForm";

const reload = async (): Promise<void> => void (await loadMe());

export default function Settle({ me }: { me: Me }) {
  if (me.next === "consent") return <Consents />;
  if (me.next === "enrol_otp") {
    return (
      <Door wide title={t("otp.title")} lead={t("otp.lead")} testid="enrol-otp">
        <OtpForm onDone={reload} />
        <Leave />
      </Door>
    );
  }
  return (
    <Door title={t("password.first_title")} lead={t("password.first_lead")} testid="change-password">
      <PasswordForm login={me.login} onDone={reload} />
      <Leave />
    </Door>
  );
}

function Leave() {
  const doing = useDoing();
  return (
    <div class="row">
      <Button look="quiet" busy={doing.busy} onClick={() => void doing.run(logout)} data-testid="logout">
        {t("action.logout")}
      </Button>
    </div>
  );
}
