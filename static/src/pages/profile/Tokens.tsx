/** Tokens for programs: made with a name and a term, shown once, withdrawn at any time. */
import { useState } from "preact/hooks";
import { Copy, KeyRound, Trash2 } from "lucide-preact";
import { get, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";

interface TokenView {
  id: string;
  name: string;
  expires: string;
}

const TERMS = [7, 30, 90, 365] as const; // days

export function Tokens() {
  const tokens = useResource(
    async signal => (await get<{ items: TokenView[] }>("/me/tokens", {}, signal)).items,
    [],
  );
  const [name, setName] = useState("");
  const [days, setDays] = useState("30");
  const [made, setMade] = useState("");
  const doing = useDoing();
  const make = (event: Event): void => {
    event.preventDefault();
    void doing.run(async () => {
      const answer = await post<{ token: string }>("/me/tokens", { name: name.trim(), days: Number(days) });
      setMade(answer.token);
      setName("");
      tokens.reload();
    });
  };
  const withdraw = async (id: string): Promise<void> => {
    try {
      await remove(`/me/tokens/${id}`);
      toast(t("tokens.withdrawn"));
      tokens.reload();
    } catch (error) {
      toast(explain(error), "fault");
    }
  };
  return (
    <Card title={t("tokens.title")} testid="tokens">
      <p class="muted">{t("tokens.lead")}</p>
      {made && (
        <Note tone="good" testid="token-made">
          <div class="stack-tight">
            <p>{t("tokens.once")}</p>
            <code class="mono token-new">{made}</code>
            <div class="row">
              <Button icon={Copy} onClick={() => void copyText(made)}>
                {t("action.copy")}
              </Button>
            </div>
          </div>
        </Note>
      )}
      <Load of={tokens} lines={1}>
        {list =>
          list.length > 0 && (
            <ul class="plain-list" role="list">
              {list.map(token => (
                <li key={token.id} data-testid="token">
                  <div>
                    <p>{token.name}</p>
                    <p class="muted small">{t("guests.until", { time: dayAndTime(token.expires) })}</p>
                  </div>
                  <Button
                    look="quiet"
                    icon={Trash2}
                    onClick={() => void withdraw(token.id)}
                    data-testid="token-withdraw"
                  >
                    {t("guests.withdraw")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
      <form class="inline-form" onSubmit={make} noValidate>
        <Field
          label={t("tokens.name")}
          value={name}
          onValue={setName}
          maxLength={80}
          data-testid="token-name"
        />
        <Select
          label={t("tokens.days")}
          value={days}
          onValue={setDays}
          options={TERMS.map(count => ({ value: String(count), label: t("tokens.term", { count }) }))}
          data-testid="token-days"
        />
        <Button
          type="submit"
          icon={KeyRound}
          busy={doing.busy}
          disabled={name.trim() === ""}
          data-testid="token-make"
        >
          {t("tokens.make")}
        </Button>
      </form>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Card>
  );
}
