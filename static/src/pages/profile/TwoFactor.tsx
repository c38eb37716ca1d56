/** Switching the second factor on and off. Off asks for the password. */
import { useState } from "preact/hooks";
import { ShieldCheck, ShieldOff } from "lucide-preact";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { loadMe } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { PasswordField } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Card } from "../../ui/Shell";
import { toast } from "../../ui/Toast";
import { OtpForm } from "../settle/OtpForm";

export function TwoFactor({ on }: { on: boolean }) {
  const [enrolling, setEnrolling] = useState(false);
  const [removing, setRemoving] = useState(false);
  const done = async (): Promise<void> => {
    setEnrolling(false);
    await loadMe();
  };
  return (
    <Card
      title={t("otp.title")}
      actions={
        <Badge tone={on ? "good" : "plain"} icon={on ? ShieldCheck : ShieldOff} testid="otp-state">
          {on ? t("profile.otp_on") : t("profile.otp_off")}
        </Badge>
      }
    >
      <p class="muted">{t("otp.lead")}</p>
      <div class="row">
        {on ? (
          <Button onClick={() => setRemoving(true)} data-testid="otp-remove">
            {t("profile.otp_remove")}
          </Button>
        ) : (
          <Button icon={ShieldCheck} onClick={() => setEnrolling(true)} data-testid="otp-start">
            {t("profile.otp_start")}
          </Button>
        )}
      </div>
      <Dialog open={enrolling} wide title={t("otp.title")} onClose={() => void done()}>
        <OtpForm onDone={done} />
      </Dialog>
      <Removal open={removing} onClose={() => setRemoving(false)} />
    </Card>
  );
}

function Removal({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [password, setPassword] = useState("");
  const doing = useDoing();
  const submit = (): void =>
    void doing.run(async () => {
      await post("/me/otp/remove", { password });
      setPassword("");
      onClose();
      toast(t("profile.otp_removed"));
      await loadMe();
    });
  return (
    <Dialog
      open={open}
      title={t("profile.otp_remove")}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="danger"
            busy={doing.busy}
            disabled={password === ""}
            data-testid="otp-remove-yes"
          >
            {t("profile.otp_remove")}
          </Button>
        </>
      }
    >
      <p>{t("profile.otp_remove_words")}</p>
      <PasswordField
        label={t("password.old")}
        value={password}
        onValue={setPassword}
        autocomplete="current-password"
        error={doing.error === undefined ? undefined : explain(doing.error)}
      />
    </Dialog>
  );
}
