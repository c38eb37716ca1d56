/** The exam page by the state of the attempt: which page, the bar above it, and the calm notices between. */
import { useEffect, useState } from "preact/hooks";
import { BadgeCheck, CloudOff, Coffee, Ear, MessageSquare, MonitorUp, Play, TimerReset } from "lucide-preact";
import { explain } from "../api/explain";
import { t } from "../i18n";
import { DeviceFaults } from "../class/DeviceSelects";
import { Button, type Icon } from "../ui/Button";
import { useDoing } from "../ui/hooks";
import { Note } from "../ui/Note";
import { State } from "../ui/States";
import { Beacon } from "./Beacon";
import { Chat } from "./Chat";
import { markRead, markTold, useExam, useView } from "./context";
import { HandIn } from "./HandIn";
import { Running } from "./Running";
import { mayOpenCamera } from "./steps";
import { Done, NewPhoto, OnBreak, Paused, Suspended, Waiting, Welcome } from "./Still";
import { Top } from "./Top";
import type { NewsView } from "./types";
import { WayIn } from "./WayIn";

export function RoomView() {
  const { room, chat } = useExam();
  const view = useView();
  const sends = mayOpenCamera(view) && view.steps.equipment !== "" && !ended(view.state);
  // After a reload the permission is still there: nobody has to switch the camera on again.
  useEffect(() => {
    if (sends && view.held && room.local.cam.state.value === "off") void room.local.on("cam");
    if (sends && view.held && view.rules?.sound && room.local.mic.state.value === "off")
      void room.local.on("mic");
  }, [sends, view.held]);
  return (
    <div class="exam" data-testid="exam" data-state={view.state}>
      <Top />
      {view.held ? (
        <main id="main" class="exam-main">
          <Notices sends={sends} />
          <Page />
        </main>
      ) : (
        <Elsewhere />
      )}
      {view.held && !ended(view.state) && view.state !== "preparing" && <Beacon />}
      {chat.value && <Chat />}
    </div>
  );
}

function ended(state: string): boolean {
  return state === "submitted" || state === "over" || state === "suspended";
}

function Page() {
  const { handing } = useExam();
  switch (useView().state) {
    case "preparing":
      return <WayIn />;
    case "waiting":
      return <Waiting />;
    case "admitted":
      return <Welcome />;
    case "running":
      // What is typed stays in place behind the summary.
      return (
        <>
          <div hidden={handing.value}>
            <Running />
          </div>
          {handing.value && <HandIn />}
        </>
      );
    case "break":
      return <OnBreak />;
    case "paused":
      return <Paused />;
    case "suspended":
      return <Suspended />;
    default:
      return <Done />;
  }
}

/** A word of the proctor is seen at once, whether or not the messages are open. */
function NewWord() {
  const { chat, read } = useExam();
  const last = useView().messages.findLast(line => !line.mine && line.n > read.value);
  if (!last || chat.value) return null;
  return (
    <div class="exam-notice" role="status" data-testid="exam-word">
      <MessageSquare size={20} aria-hidden />
      <p class="grow" dir="auto">
        <strong>{last.name || t("exam.proctor")}:</strong> {last.text}
      </p>
      <Button onClick={() => (chat.value = true)} data-testid="exam-word-open">
        {t("exam.word_open")}
      </Button>
      <Button look="quiet" onClick={() => markRead(read, last.n)} data-testid="exam-word-read">
        {t("exam.word_read")}
      </Button>
    </div>
  );
}

const FACTS: Record<NewsView["what"], Icon> = {
  extended: TimerReset,
  resumed: Play,
  taken_up: Play,
  confirmed: BadgeCheck,
  break_over: Coffee,
};

/** What a proctor has done for the student, in plain words, until it was read. */
function NewFact() {
  const { told } = useExam();
  const last = useView().news.findLast(one => one.n > told.value);
  if (!last) return null;
  const Picture = FACTS[last.what];
  return (
    <div class="exam-notice" role="status" data-testid="exam-fact" data-what={last.what}>
      <Picture size={20} aria-hidden />
      <p class="grow">
        <strong>{t(`exam.fact.${last.what}`, { count: last.minutes })}</strong>{" "}
        {last.reason && t("exam.reason", { reason: last.reason })}
      </p>
      <Button look="quiet" onClick={() => markTold(told, last.n)} data-testid="exam-fact-read">
        {t("exam.word_read")}
      </Button>
    </div>
  );
}

/** What has happened to link, camera and screen, and the one thing to do about it. */
function Notices({ sends }: { sends: boolean }) {
  const { room } = useExam();
  const view = useView();
  const { linked } = room.attempt;
  const { screen } = room.local;
  const lost = view.steps.share && screen.state.value !== "on" && !ended(view.state);
  const shareNeeded = lost && view.state !== "preparing";
  return (
    <div class="exam-notices">
      <NewWord />
      <NewFact />
      {view.listened && (
        <div class="exam-notice" role="status" data-testid="exam-listened">
          <Ear size={20} aria-hidden />
          <p class="grow">
            <strong>{t("exam.listened")}</strong> {t("exam.listened_words")}
          </p>
        </div>
      )}
      {view.check_asked && !ended(view.state) && !["preparing", "waiting"].includes(view.state) && (
        <div class="exam-notice" role="status">
          <NewPhoto />
        </div>
      )}
      {!linked.value && (
        <div class="exam-notice" role="status" data-testid="exam-offline">
          <CloudOff size={20} aria-hidden />
          <p class="grow">
            <strong>{t("exam.offline")}</strong> {t("exam.offline_words")}
          </p>
        </div>
      )}
      {shareNeeded && (
        <div class="exam-notice" role="status" data-testid="exam-share-lost">
          <MonitorUp size={20} aria-hidden />
          <p class="grow">
            <strong>{t("exam.share_lost")}</strong> {t("exam.share_lost_words")}
          </p>
          <Button look="primary" onClick={() => void room.share()} data-testid="exam-share-again">
            {t("exam.share_again")}
          </Button>
        </div>
      )}
      {sends && view.state !== "preparing" && <DeviceFaults local={room.local} fresh />}
    </div>
  );
}

/** Two tabs of one exam: only one writes; going on here is one click. */
function Elsewhere() {
  const { room } = useExam();
  const doing = useDoing();
  const [error, setError] = useState("");
  const take = (): void =>
    void doing.run(() => room.attempt.take().catch((thrown: unknown) => setError(explain(thrown))));
  return (
    <main id="main" class="over" data-testid="exam-elsewhere">
      <State
        title={t("exam.elsewhere")}
        action={
          <Button look="primary" busy={doing.busy} onClick={take} data-testid="exam-here">
            {t("exam.here")}
          </Button>
        }
      >
        {t("exam.elsewhere_words")}
        {error && <Note tone="danger">{error}</Note>}
      </State>
    </main>
  );
}
