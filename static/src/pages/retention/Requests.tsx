/** Requests for erasure: who asks and why, what was decided, what went and what the rules keep. */
import { useState } from "preact/hooks";
import { Check, Plus, X } from "lucide-preact";
import { post } from "../../api/client";
import { t } from "../../i18n";
import { fullDay } from "../../i18n/dates";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Shell";
import { toast } from "../../ui/Toast";
import { ReasonDialog } from "./Reason";
import type { Erasure, Retention } from "./shapes";
import { PersonField } from "./Target";

const TONES: Record<Erasure["state"], Tone> = { asked: "warn", approved: "good", declined: "plain" };

export function Requests({ found, onChange }: { found: Retention; onChange: () => void }) {
  const [adding, setAdding] = useState(false);
  const [person, setPerson] = useState("");
  const [deciding, setDeciding] = useState<{ one: Erasure; approve: boolean }>();
  const name = (kind: string): string => found.kinds.find(one => one.kind === kind)?.name ?? kind;
  const forced = found.kinds.filter(one => one.forced);
  return (
    <Card
      title={t("retention.requests")}
      testid="retention-requests"
      actions={
        <Button icon={Plus} onClick={() => setAdding(true)} data-testid="request-add">
          {t("retention.request_add")}
        </Button>
      }
    >
      <p class="muted">{t("retention.requests_lead")}</p>
      {found.requests.length === 0 ? (
        <p>{t("retention.requests_none")}</p>
      ) : (
        <ul class="plain-list" role="list">
          {found.requests.map(one => (
            <li key={one.id} data-testid="request" data-state={one.state}>
              <span class="stack-tight">
                <span>
                  {one.name} <Badge tone={TONES[one.state]}>{t(`retention.state_${one.state}`)}</Badge>
                </span>
                <span class="muted small">
                  {one.reason} ({one.author}, {fullDay(one.time)})
                </span>
                {one.decided && (
                  <span class="muted small">
                    {one.answer} ({one.decided_by}, {fullDay(one.decided)})
                  </span>
                )}
                {one.state === "approved" && (
                  <span class="small" data-testid="request-result">
                    {t("retention.gone", {
                      list:
                        Object.entries(one.removed)
                          .map(([kind, count]) => `${name(kind)} (${count})`)
                          .join(", ") || "–",
                    })}{" "}
                    {t("retention.kept", { list: one.kept.map(name).join(", ") })}
                  </span>
                )}
              </span>
              {one.state === "asked" && found.decides && (
                <span class="row">
                  <Button
                    icon={Check}
                    onClick={() => setDeciding({ one, approve: true })}
                    data-testid="request-approve"
                  >
                    {t("retention.approve")}
                  </Button>
                  <Button
                    look="quiet"
                    icon={X}
                    onClick={() => setDeciding({ one, approve: false })}
                    data-testid="request-decline"
                  >
                    {t("retention.decline")}
                  </Button>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && (
        <ReasonDialog
          title={t("retention.request_add")}
          label={t("retention.reason")}
          action={t("retention.save")}
          testid="request-new"
          incomplete={person === ""}
          onClose={() => setAdding(false)}
          onSave={async reason => {
            await post("/retention/requests", { person, reason });
            setAdding(false);
            onChange();
          }}
        >
          <PersonField label={t("retention.scope_person")} value={person} onValue={setPerson} />
        </ReasonDialog>
      )}
      {deciding && (
        <ReasonDialog
          title={deciding.approve ? t("retention.approve") : t("retention.decline")}
          label={t("retention.answer")}
          action={deciding.approve ? t("retention.approve_do") : t("retention.decline")}
          look={deciding.approve ? "danger" : "primary"}
          testid="decision"
          onClose={() => setDeciding(undefined)}
          onSave={async answer => {
            await post(`/retention/requests/${deciding.one.id}/decide`, {
              approve: deciding.approve,
              answer,
            });
            setDeciding(undefined);
            toast(t("retention.saved"));
            onChange();
          }}
        >
          <p>{t("retention.decide_words", { name: deciding.one.name })}</p>
          {deciding.approve && (
            <>
              <p>{t("retention.decide_gone")}</p>
              <p class="muted">{t("retention.kept", { list: forced.map(one => one.name).join(", ") })}</p>
            </>
          )}
        </ReasonDialog>
      )}
    </Card>
  );
}
