/**
 * The side of the class: participants, chat and questions behind tabs; on a phone a sheet over the lower part of
 * the page, with the stage still in sight.
 */
import { X } from "lucide-preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "../ui/Button";
import { TabPanel, Tabs } from "../ui/Tabs";
import { Chat } from "./Chat";
import { useDesk, type PanelName } from "./context";
import { People } from "./People";
import { Loading } from "../ui/States";

/**
 * Whoever opens the panel goes on in it: at the chat's line, else at the tab; and comes back to where they
 * were when it closes. On a phone the line is left alone, for the keyboard would cover half of the class.
 */
function useFocus(open: PanelName | null) {
  const shell = useRef<HTMLElement>(null);
  const shown = useRef(open);
  const back = useRef<Element | null>(null);
  useEffect(() => {
    const was = shown.current;
    const now = document.activeElement;
    const nowhere = now === null || now === document.body;
    shown.current = open;
    if (was === open || (open && shell.current?.contains(now))) return; // the second: moved by the tabs
    if (!open) {
      const bar = document.querySelector(`[data-testid="bar-${was}"]`);
      if (nowhere) ((back.current?.isConnected ? back.current : bar) as HTMLElement | null)?.focus();
      return;
    }
    if (!was) back.current = nowhere ? null : now;
    const line = open === "chat" && matchMedia("(pointer: fine)").matches;
    const wanted = shell.current?.querySelector<HTMLElement>(line ? "textarea" : "[aria-selected=true]");
    wanted?.focus();
  }, [open]);
  return shell;
}

const Ask = lazy(() => import("./talk/Ask"));

export function Panel() {
  const { panel, room } = useDesk();
  const { talk } = room.state;
  const open = panel.value;
  const shell = useFocus(open);
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
    <aside ref={shell} class="panel" aria-label={t("class.panel")} data-testid="panel">
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
