/**
 * Switching on the second factor in three steps: scan the code with a phone, prove it with six digits,
 * keep the recovery codes. They are shown once, so going on asks for a tick.
 */
import { useState } from "preact/hooks";
import { Copy, Printer } from "lucide-preact";
import { post } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Check, Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Load } from "../../ui/States";
import "./settle.css";

interface Secret {
  secret: string;
  uri: string;
  /** An SVG drawing. */
  qr: string;
}

/** `ABCDEFGH` to `ABCD EFGH`: easier to type from one screen into another. */
export function inFours(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

export function OtpForm({ onDone }: { onDone: () => void | Promise<void> }) {
  const secret = useResource(() => post<Secret>("/me/otp"), []);
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState<string[]>();
  const doing = useDoing();

  if (recovery) return <Recovery codes={recovery} onDone={onDone} />;
  const confirm = (event: Event): void => {
    event.preventDefault();
    void doing.run(async () => {
      const answer = await post<{ recovery: string[] }>("/me/otp/confirm", { code: code.replace(/\s/g, "") });
      setRecovery(answer.recovery);
    });
  };
  return (
    <Load of={secret} lines={2}>
      {found => (
        <form class="stack" onSubmit={confirm} noValidate>
          <div class="otp">
            <img
              class="otp-code"
              src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(found.qr)}`}
              alt={t("otp.qr")}
            />
            <div class="stack-tight">
              <p>{t("otp.scan")}</p>
              <p class="muted small">{t("otp.by_hand")}</p>
              <code class="mono otp-secret" data-testid="otp-secret">
                {inFours(found.secret)}
              </code>
            </div>
          </div>
          <Field
            label={t("otp.code")}
            value={code}
            onValue={setCode}
            inputMode="numeric"
            autocomplete="one-time-code"
            maxLength={8}
            error={doing.error === undefined ? undefined : explain(doing.error)}
            data-testid="otp-code"
          />
          <div class="row">
            <Button
              type="submit"
              look="primary"
              busy={doing.busy}
              disabled={code.replace(/\D/g, "").length < 6}
              data-testid="otp-confirm"
            >
              {t("otp.confirm")}
            </Button>
          </div>
        </form>
      )}
    </Load>
  );
}

function Recovery({ codes, onDone }: { codes: string[]; onDone: () => void | Promise<void> }) {
  const [kept, setKept] = useState(false);
  const doing = useDoing();
  return (
    <div class="stack" data-testid="otp-recovery">
      <Note tone="good">{t("otp.on")}</Note>
      <p>{t("otp.recovery")}</p>
      <ul class="recovery" role="list">
        {codes.map(code => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="row">
        <Button icon={Copy} onClick={() => void copyText(codes.join("\n"))}>
          {t("action.copy")}
        </Button>
        <Button icon={Printer} onClick={() => window.print()}>
          {t("action.print")}
        </Button>
      </div>
      <Check label={t("otp.kept")} checked={kept} onValue={setKept} data-testid="otp-kept" />
      <div class="row">
        <Button
          look="primary"
          disabled={!kept}
          busy={doing.busy}
          onClick={() => void doing.run(async () => void (await onDone()))}
          data-testid="otp-done"
        >
          {t("action.continue")}
        </Button>
      </div>
    </div>
  );
}
