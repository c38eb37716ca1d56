/** The alarm of a trace that is not what this browser remembers; nothing for those who may not ask. */
import { Check, Copy } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { t } from "../../i18n";
import { alarm, compareHead, keepNewest } from "../../state/heads";
import { may, me } from "../../state/me";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { Confirm } from "../../ui/Dialog";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import "./trace.css";

export function TraceAlarm() {
  const person = me.value?.id;
  const asks = may("trace.head");
  const [asking, setAsking] = useState(false);
  const doing = useDoing();
  useEffect(() => {
    if (asks) void compareHead();
  }, [person, asks]);
  const found = alarm.value;
  if (!asks || !found) return null;
  const mark = `${found.kept.hash}@${found.kept.seq}`;
  return (
    <div class="page trace-alarm">
      <Note tone="danger" testid="trace-alarm">
        <div class="stack-tight">
          <h2>{t("alarm.title")}</h2>
          <p>{t(found.what === "cut" ? "alarm.cut" : "alarm.changed", { seq: found.kept.seq })}</p>
          {found.otherKey && <p>{t("alarm.other_key")}</p>}
          <p>{t("alarm.do")}</p>
          <code class="mono trace-mark" data-testid="trace-alarm-mark">
            {mark}
          </code>
          <div class="row">
            <Button icon={Copy} onClick={() => void copyText(mark)} data-testid="trace-alarm-copy">
              {t("action.copy")}
            </Button>
            <Button
              icon={Check}
              look="quiet"
              busy={doing.busy}
              onClick={() => setAsking(true)}
              data-testid="trace-alarm-forget"
            >
              {t("alarm.forget")}
            </Button>
          </div>
          <Confirm
            open={asking}
            title={t("alarm.forget")}
            words={<p>{t("alarm.forget_words")}</p>}
            action={t("alarm.forget")}
            busy={doing.busy}
            onYes={() =>
              void doing.run(async () => {
                await keepNewest();
                setAsking(false);
              })
            }
            onClose={() => setAsking(false)}
          />
          {doing.error !== undefined && <p>{explain(doing.error)}</p>}
        </div>
      </Note>
    </div>
  );
}
