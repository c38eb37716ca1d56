/** The form that changes a password: old one, new one twice, and the rules with their marks. */
import { useState } from "preact/hooks";
import { Check, Circle } from "lucide-preact";
import { ApiError, post } from "../../api/client";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { PasswordField } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { judge, LEAST_LENGTH } from "./passwordRules";
import "./settle.css";

interface Props {
  login: string;
  onDone: () => void | Promise<void>;
}

export function PasswordForm({ login, onDone }: Props) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [repeat, setRepeat] = useState("");
  const [least, setLeast] = useState(LEAST_LENGTH);
  const doing = useDoing();
  const verdicts = judge({ login, old, next, repeat }, least);

  const submit = (event: Event): void => {
    event.preventDefault();
    void doing.run(async () => {
      try {
        await post("/me/password", { old, new: next });
      } catch (error) {
        const minimum = error instanceof ApiError ? Number(error.details["least"]) : NaN;
        if (minimum > 0) setLeast(minimum);
        throw error;
      }
      setOld("");
      setNext("");
      setRepeat("");
      await onDone();
    });
  };

  return (
    <form class="stack" onSubmit={submit} noValidate>
      <input type="text" name="username" autocomplete="username" value={login} hidden readOnly />
      <PasswordField
        label={t("password.old")}
        value={old}
        onValue={setOld}
        autocomplete="current-password"
        data-testid="password-old"
      />
      <PasswordField
        label={t("password.new")}
        value={next}
        onValue={setNext}
        autocomplete="new-password"
        data-testid="password-new"
      />
      <PasswordField
        label={t("password.repeat")}
        value={repeat}
        onValue={setRepeat}
        autocomplete="new-password"
        data-testid="password-repeat"
      />
      <ul class="rules" role="list" aria-label={t("password.rules")}>
        {verdicts.map(({ rule, good }) => (
          <li key={rule} class={good ? "rule rule-good" : "rule"} data-good={good}>
            {good ? <Check size={18} aria-hidden /> : <Circle size={18} aria-hidden />}
            <span>
              {t(`password.rule_${rule}`, { count: least })}
              <span class="hidden-text">: {good ? t("password.met") : t("password.unmet")}</span>
            </span>
          </li>
        ))}
      </ul>
      {doing.error !== undefined && (
        <Note tone="danger" testid="password-error">
          {explain(doing.error)}
        </Note>
      )}
      <div class="row">
        <Button
          type="submit"
          look="primary"
          busy={doing.busy}
          disabled={old === "" || !verdicts.every(verdict => verdict.good)}
          data-testid="password-submit"
        >
          {t("password.submit")}
        </Button>
      </div>
    </form>
  );
}
