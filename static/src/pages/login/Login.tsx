/**
 * Logging in: login and password, then the six digits where the account has a second factor. The server
 * decides everything; this page only says in words what it answered, and how long to wait when there
 * were too many tries.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { LogIn } from "lucide-preact";
import { ApiError, post } from "../../api/client";
import { explain } from "../../api/explain";
import type { LoginAnswer } from "../../api/types";
import { t } from "../../i18n";
import { loadMe } from "../../state/me";
import { Button } from "../../ui/Button";
import { Field, PasswordField } from "../../ui/Field";
import { useCountdown, useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Door } from "../../ui/Shell";

/** Seconds to wait that an error names, or 0. */
export function waitOf(error: unknown): number {
  if (!(error instanceof ApiError) || error.status !== 429) return 0;
  const seconds = Number(error.details["retry_after"]);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 30;
}

export default function Login() {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const [step, setStep] = useState<"password" | "otp">("password");
  const [left, startWait] = useCountdown();
  const doing = useDoing();
  const otpField = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (step === "otp") otpField.current?.querySelector("input")?.focus();
  }, [step]);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (left > 0) return;
    void doing.run(async () => {
      try {
        const body = {
          login: login.trim(),
          password,
          cookie: true,
          ...(step === "otp" && { otp: otp.replace(/\s/g, "") }),
        };
        await post<LoginAnswer>("/login", body);
      } catch (error) {
        if (error instanceof ApiError && error.code === "login.otp_required") return setStep("otp");
        const seconds = waitOf(error);
        if (seconds > 0) startWait(seconds);
        setOtp("");
        throw error;
      }
      await loadMe();
    });
  };

  const back = (): void => {
    setStep("password");
    setOtp("");
    doing.clear();
  };

  const waiting = left > 0;
  const fault = waiting
    ? t("login.wait", { seconds: left })
    : doing.error !== undefined && waitOf(doing.error) === 0 && loginFault(doing.error, step);
  const ready = step === "password" ? login.trim() !== "" && password !== "" : otp.trim() !== "";
  return (
    <Door
      title={step === "otp" ? t("login.otp_title") : t("login.title")}
      lead={step === "otp" ? t("login.otp_lead") : t("app.subtitle")}
      testid="login"
    >
      <form class="stack" onSubmit={submit} ref={otpField} noValidate>
        {step === "password" ? (
          <>
            <Field
              label={t("login.login")}
              value={login}
              onValue={setLogin}
              name="username"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              autofocus
              data-testid="login-name"
            />
            <PasswordField
              label={t("login.password")}
              value={password}
              onValue={setPassword}
              name="password"
              autocomplete="current-password"
              data-testid="login-password"
            />
          </>
        ) : (
          <Field
            label={t("login.otp")}
            hint={t("login.otp_hint")}
            value={otp}
            onValue={setOtp}
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck={false}
            data-testid="login-otp"
          />
        )}
        {fault && (
          <Note tone={waiting ? "warn" : "danger"} testid="login-error">
            {fault}
          </Note>
        )}
        <Button
          type="submit"
          look="primary"
          wide
          icon={LogIn}
          busy={doing.busy}
          disabled={!ready || waiting}
          data-testid="login-submit"
        >
          {t("login.submit")}
        </Button>
        {step === "otp" ? (
          <Button look="quiet" wide onClick={back} data-testid="login-back">
            {t("action.back")}
          </Button>
        ) : (
          <p class="muted small">{t("login.help")}</p>
        )}
      </form>
    </Door>
  );
}

function loginFault(error: unknown, step: "password" | "otp"): string {
  if (error instanceof ApiError && error.code === "login.otp_wrong") return t("login.wrong_otp");
  if (error instanceof ApiError && error.code === "login.wrong")
    return t(step === "otp" ? "login.wrong_otp" : "login.wrong");
  return explain(error);
}
