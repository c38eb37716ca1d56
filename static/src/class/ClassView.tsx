/**
 * The class page itself: top bar, banners, stage, tiles, panel, controls; and the keys. The boxes stand
 * before any picture arrives, so nothing jumps.
 */
import { memo } from "preact/compat";
import { useEffect, useMemo } from "preact/hooks";
import type { LessonView } from "../api/types";
import { t } from "../i18n";
import { useArrival } from "../ui/Shell";
import { Aloud } from "./Aloud";
import { Banners } from "./Banners";
import { Bar } from "./Bar";
import { CaptionsLine } from "./captions/Later";
import { DeskProvider, NARROW, newDesk, useDesk, useSecond, type Desk } from "./context";
import { Dialogs } from "./Dialogs";
import { Panel } from "./Panel";
import { GroupsBar } from "./groups/GroupsBar";
import { ProjectorWords } from "./projector/Later";
import type { Room } from "./room";
import { commandOf, isTyping, lettersOn, type Command } from "./shortcuts";
import { RecordingNotice, RecordingQuestion } from "./RecordingMark";
import { Soon } from "./Soon";
import { Stage } from "./Stage";
import { noteSteps } from "./steps";
import { toggleHand } from "./talk/actions";
import { Reactions } from "./talk/Reactions";
import { Tiles } from "./Tiles";
import { TrialPanel } from "./trial/Later";
import { TopBar } from "./TopBar";

export function ClassView({ room, lesson }: { room: Room; lesson: LessonView }) {
  const desk = useMemo(() => newDesk(room), [room]);
  useArrival(lesson.title);
  useKeys(desk);
  useNarrow(desk);
  useEffect(() => noteSteps(room), [room]);
  const { page, pinned, panel, projector } = desk;
  useEffect(() => room.media.view.turn(page.value), [room, page.value]);
  useEffect(() => room.media.view.pin(pinned.value), [room, pinned.value]);
  // Who left can no longer be pinned.
  const people = room.state.people.value;
  useEffect(() => {
    if (pinned.value && room.state.welcomed.value && !people.has(pinned.value)) pinned.value = "";
  }, [people]);
  return (
    <DeskProvider value={desk}>
      <div
        class={[
          "class",
          panel.value && !projector.value && "class-with-panel",
          projector.value && "class-projector",
        ]
          .filter(Boolean)
          .join(" ")}
        data-testid="class"
        data-media={room.media.state.value}
      >
        <Top title={lesson.title} />
        <Middle title={lesson.title} trial={lesson.kind === "trial"} />
        <Around lesson={lesson} />
      </div>
    </DeskProvider>
  );
}

// What hears of its own changes by itself is not drawn again with the frame: that changes with every person.
const Top = memo(TopBar);

const Middle = memo(function Middle({ title, trial }: { title: string; trial: boolean }) {
  const { projector } = useDesk();
  return (
    <>
      {projector.value && <ProjectorWords title={title} />}
      <main id="main" class="class-main" aria-label={t("class.main")}>
        <GroupsBar />
        <Banners />
        <RecordingNotice />
        <RecordingQuestion />
        <Arriving />
        {trial && <TrialPanel />}
        <Stage />
        <CaptionsLine />
        <Soon place={<div class="tiles" />}>
          <Tiles />
        </Soon>
        <Reactions />
      </main>
    </>
  );
});

const Around = memo(function Around({ lesson }: { lesson: LessonView }) {
  const { panel } = useDesk();
  return (
    <>
      <Soon place={panel.peek() && <aside class="panel" />}>
        <Panel />
      </Soon>
      <Bar />
      <Soon>
        <Dialogs lesson={lesson} />
        <Aloud />
      </Soon>
    </>
  );
});

function Arriving() {
  return useDesk().room.state.welcomed.value ? null : <Connecting />;
}

/** The frame of the class with nothing in it yet: what the click on "join" shows at once. */
export function Frame() {
  return (
    <div class="class">
      <main class="class-main">
        <Connecting />
      </main>
    </div>
  );
}

const SLOW = 6; // seconds of joining after which we admit that it takes long

function Connecting() {
  const now = useSecond(true);
  const since = useMemo(() => Date.now(), []);
  return (
    <div class="connecting" role="status" data-testid="connecting">
      <span class="spinner" aria-hidden="true" />
      <span>{now - since > SLOW * 1000 ? t("class.connecting_slow") : t("class.connecting")}</span>
    </div>
  );
}

function useNarrow({ narrow }: Desk): void {
  useEffect(() => {
    const query = matchMedia(NARROW);
    const changed = (): void => {
      narrow.value = query.matches;
    };
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, [narrow]);
}

function useKeys(desk: Desk): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (desk.dialog.value || event.defaultPrevented) return;
      // Letters are text in a field; the way out of it is not.
      const leaves = event.key === "Escape" && !(event.target as Element).closest("dialog");
      if (isTyping(event.target) && !leaves) return;
      const command = commandOf(event, lettersOn());
      if (!command) return;
      event.preventDefault();
      obey(desk, command);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [desk]);
}

function obey(desk: Desk, command: Command): void {
  const { room, panel, pinned, page, pages, full } = desk;
  const { publish } = room.state.rights.value;
  switch (command) {
    case "mic":
    case "cam":
      if (publish.includes(command)) void room.local.toggle(command);
      break;
    case "share":
      if (publish.includes("screen")) void room.local.share();
      break;
    case "hand":
      void toggleHand(desk);
      break;
    case "people":
    case "chat":
    case "ask":
      panel.value = panel.value === command ? null : command;
      break;
    case "full":
      full.value = !full.value;
      break;
    case "next":
      page.value = Math.min(page.value + 1, pages.value - 1);
      break;
    case "previous":
      page.value = Math.max(page.value - 1, 0);
      break;
    case "help":
      desk.dialog.value = "keys";
      break;
    case "close":
      if (desk.projector.value) desk.projector.value = false;
      else if (panel.value) panel.value = null;
      else pinned.value = "";
  }
}
