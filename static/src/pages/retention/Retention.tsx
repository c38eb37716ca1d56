/**
 * How long what is kept (R20): terms, what goes when, holds, requests for erasure, and what went in the last
 * nights. Everything that is changed here asks for a reason, which the trace keeps.
 */
import { CalendarClock, History, Hourglass, Lock, UserX } from "lucide-preact";
import { useLocation } from "preact-iso";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { Calendar } from "./Calendar";
import { Holds } from "./Holds";
import { Requests } from "./Requests";
import { Runs } from "./Runs";
import type { Retention as Found } from "./shapes";
import { Terms } from "./Terms";
import "./retention.css";

const TABS = ["terms", "calendar", "holds", "requests", "runs"] as const;
type Tab = (typeof TABS)[number];

export default function Retention() {
  const { query, route } = useLocation();
  const shown = (TABS as readonly string[]).includes(query["tab"] ?? "") ? (query["tab"] as Tab) : "terms";
  const found = useResource(signal => get<Found>("/retention", {}, signal), []);
  const waiting = found.data?.requests.filter(one => one.state === "asked").length ?? 0;
  const held = found.data?.holds.filter(one => one.released === null).length ?? 0;
  return (
    <Page title={t("retention.title")} lead={t("retention.lead")} testid="retention">
      <Tabs
        name="retention"
        label={t("retention.title")}
        chosen={shown}
        onChoose={id => route(`/retention?tab=${id}`)}
        tabs={[
          { id: "terms", label: t("retention.terms"), icon: Hourglass },
          { id: "calendar", label: t("retention.calendar"), icon: CalendarClock },
          { id: "holds", label: t("retention.holds"), icon: Lock, count: held },
          { id: "requests", label: t("retention.requests"), icon: UserX, count: waiting },
          { id: "runs", label: t("retention.runs"), icon: History },
        ]}
      />
      <TabPanel name="retention" id={shown}>
        <Load of={found} lines={4}>
          {all => {
            switch (shown) {
              case "terms":
                return <Terms found={all} onChange={found.reload} />;
              case "calendar":
                return <Calendar kinds={all.kinds} />;
              case "holds":
                return <Holds holds={all.holds} onChange={found.reload} />;
              case "requests":
                return <Requests found={all} onChange={found.reload} />;
              case "runs":
                return <Runs found={all} />;
            }
          }}
        </Load>
      </TabPanel>
    </Page>
  );
}
