/** What must not go, whatever its term: holds on lessons, exams and people. */
import { useState } from "preact/hooks";
import { Lock, LockOpen, Plus } from "lucide-preact";
import { post } from "../../api/client";
import { t } from "../../i18n";
import { fullDay } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Field";
import { Card } from "../../ui/Shell";
import { ReasonDialog } from "./Reason";
import type { Hold, Scope } from "./shapes";
import { LessonField, PersonField } from "./Target";

const SCOPES: readonly Scope[] = ["lesson", "exam", "person"];

export function Holds({ holds, onChange }: { holds: Hold[]; onChange: () => void }) {
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Hold>();
  return (
    <Card
      title={t("retention.holds")}
      testid="retention-holds"
      actions={
        <Button icon={Plus} onClick={() => setAdding(true)} data-testid="hold-add">
          {t("retention.hold_add")}
        </Button>
      }
    >
      <p class="muted">{t("retention.holds_lead")}</p>
      {holds.length === 0 ? (
        <p>{t("retention.holds_none")}</p>
      ) : (
        <ul class="plain-list" role="list">
          {holds.map(one => (
            <li key={one.id} data-testid="hold" data-released={one.released !== null}>
              <span class="stack-tight">
                <span>
                  {t(`retention.scope_${one.scope}`)}: {one.title}{" "}
                  {one.released ? (
                    <Badge icon={LockOpen}>{t("retention.released")}</Badge>
                  ) : (
                    <Badge tone="warn" icon={Lock}>
                      {t("retention.held_now")}
                    </Badge>
                  )}
                </span>
                <span class="muted small">
                  {one.reason} ({one.author}, {fullDay(one.time)})
                </span>
                {one.released && (
                  <span class="muted small">
                    {one.release_reason} ({one.released_by}, {fullDay(one.released)})
                  </span>
                )}
              </span>
              {!one.released && (
                <Button
                  look="quiet"
                  icon={LockOpen}
                  onClick={() => setEnding(one)}
                  data-testid="hold-release"
                >
                  {t("retention.release")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && (
        <HoldDialog
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            onChange();
          }}
        />
      )}
      {ending && (
        <ReasonDialog
          title={t("retention.release")}
          label={t("retention.reason")}
          action={t("retention.release")}
          testid="release"
          onClose={() => setEnding(undefined)}
          onSave={async reason => {
            await post(`/retention/holds/${ending.id}/release`, { reason });
            setEnding(undefined);
            onChange();
          }}
        >
          <p>{t("retention.release_words", { title: ending.title })}</p>
        </ReasonDialog>
      )}
    </Card>
  );
}

function HoldDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [scope, setScope] = useState<Scope>("lesson");
  const [object, setObject] = useState("");
  return (
    <ReasonDialog
      title={t("retention.hold_add")}
      label={t("retention.reason")}
      action={t("retention.hold")}
      testid="hold-new"
      incomplete={object === ""}
      onClose={onClose}
      onSave={async reason => {
        await post("/retention/holds", { scope, object, reason });
        onDone();
      }}
    >
      <Choice
        label={t("retention.what")}
        value={scope}
        options={SCOPES.map(value => ({ value, label: t(`retention.scope_${value}`) }))}
        onValue={next => {
          setScope(next as Scope);
          setObject("");
        }}
        testid="hold-scope"
      />
      {scope === "person" ? (
        <PersonField label={t("retention.scope_person")} value={object} onValue={setObject} />
      ) : (
        <LessonField
          key={scope}
          label={t(`retention.scope_${scope}`)}
          value={object}
          onValue={setObject}
          exams={scope === "exam"}
        />
      )}
    </ReasonDialog>
  );
}
