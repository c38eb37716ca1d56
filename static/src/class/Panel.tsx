/**
 * The side of the class: participants, chat and questions behind tabs; on a phone a sheet over the lower part of
 * the page, with the stage still in sight.
 */
import { X } from "lucide-preact";
import { lazy, Suspense } from "preact/compat";
import { t } from "../i18n";
import { IconButton } from "../ui/Button";
import { TabPanel, Tabs } from "../ui/Tabs";
import { Chat } from "./Chat";
import { useDesk, type PanelName } from "./context";
import { People } from "./People";
import { Loading } from "../ui/States";

const Ask = lazy(() => import("./talk/Ask"));

export function Panel() {
  const { panel, room } = useDesk();
  const { talk } = room.state;
  const open = panel.value;
  if (!open) return null;
  const tabs = [
    { id: "people", label: t("class.people_short"), count: room.state.people.value.size },
    { id: "chat", label: t("class.chat") },
    {
      id: "ask",
      label: t("class.ask"),
      count: talk.open.value.length + talk.running.value.length,
    },
  ];
  return (
    <aside class="panel" aria-label={t("class.panel")} data-testid="panel">
      <div class="panel-head">
        <Tabs
          name="panel"
          label={t("class.panel")}
          tabs={tabs}
          chosen={open}
          onChoose={id => (panel.value = id as PanelName)}
        />
        <IconButton
          icon={X}
          label={t("action.close")}
          onClick={() => (panel.value = null)}
          data-testid="panel-close"
        />
      </div>
      <TabPanel name="panel" id={open}>
        {open === "people" && <People />}
        {open === "chat" && <Chat />}
        {open === "ask" && (
          <Suspense fallback={<Loading />}>
            <Ask />
          </Suspense>
        )}
      </TabPanel>
    </aside>
  );
}
