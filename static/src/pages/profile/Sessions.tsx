/** Where this account is logged in; each place can be ended. */
import { useState } from "preact/hooks";
import { LogOut, Monitor, Smartphone } from "lucide-preact";
import { get, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { toast } from "../../ui/Toast";
import { deviceOf } from "./device";

interface SessionView {
  id: string;
  created: string;
  seen: string;
  address: string;
  agent: string;
  current: boolean;
}

export function Sessions() {
  const sessions = useResource(
    async signal => (await get<{ items: SessionView[] }>("/me/sessions", {}, signal)).items,
    [],
  );
  const [ending, setEnding] = useState("");
  const end = async (id: string): Promise<void> => {
    setEnding(id);
    try {
      await remove(`/me/sessions/${id}`);
      toast(t("sessions.ended"));
      sessions.reload();
    } catch (error) {
      toast(explain(error), "fault");
    }
    setEnding("");
  };
  return (
    <Card title={t("sessions.title")} testid="sessions">
      <p class="muted">{t("sessions.lead")}</p>
      <Load of={sessions} lines={2}>
        {list => (
          <ul class="plain-list" role="list">
            {list.map(session => {
              const device = deviceOf(session.agent);
              const Picture = device.phone ? Smartphone : Monitor;
              return (
                <li key={session.id} data-testid="session">
                  <div class="row">
                    <Picture size={24} aria-hidden />
                    <div>
                      <p class="row">
                        {device.name || t("sessions.program")}
                        {session.current && <Badge tone="good">{t("sessions.this")}</Badge>}
                      </p>
                      <p class="muted small">
                        {session.address} · {t("sessions.seen", { time: dayAndTime(session.seen) })}
                      </p>
                    </div>
                  </div>
                  {!session.current && (
                    <Button
                      look="quiet"
                      icon={LogOut}
                      busy={ending === session.id}
                      onClick={() => void end(session.id)}
                      data-testid="session-end"
                    >
                      {t("sessions.end")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Load>
    </Card>
  );
}
