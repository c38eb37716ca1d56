/**
 * The main picture: a screen, the teacher, or whoever is pinned; and when there is none, who we wait for
 * and what to do. The box keeps its place and size whatever arrives in it.
 */
import { Maximize, Minimize, MonitorUp, Pin, PinOff, Play, Presentation } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { RequestFailed } from "../media/socket";
import { Button, IconButton } from "../ui/Button";
import { toast } from "../ui/Toast";
import { useDesk } from "./context";
import { Face, NameTag, OwnVideo } from "./Face";
import { useGroupHere } from "./groups/GroupsBar";
import { SlidesStage } from "./slides/Later";
import { SlotPicture } from "./SlotPicture";
import { presenter } from "./Tiles";

export function Stage() {
  const desk = useDesk();
  const { room } = desk;
  const slot = room.media.slots.get("stage");
  const box = useRef<HTMLElement>(null);
  useFullScreen(box.current, desk.full.value, full => (desk.full.value = full));
  if (!slot) return null;
  const { person, source } = slot.shown.value;
  const open = room.state.phase.value === "open";
  const pinned = desk.pinned.value !== "" && desk.pinned.value === person;
  const full = desk.full.value;
  const { slides } = room;
  const shows = open && slides.shown !== null;
  // A screen that is shared while slides are up is what the class is to see; the slides stay at hand.
  const screen = person !== "" && source === "screen";
  useEffect(() => {
    if (screen) slides.large.value = false;
  }, [screen]);
  const large = shows && slides.large.value;
  return (
    <section
      ref={box}
      class={`stage${full ? " stage-full" : ""}${large ? " stage-slides" : ""}`}
      aria-label={t("class.stage")}
      data-testid="stage"
      data-person={person}
      data-source={person ? source : ""}
    >
      {large && <SlidesStage />}
      <div class={large ? "stage-inset" : "stage-whole"} hidden={large && !(person && slides.inset.value)}>
        {open && <SlotPicture slot={slot} fit="contain" large />}
      </div>
      {!open ? <NotOpen /> : !person && !large && <Nobody />}
      <div class="stage-tools">
        {shows && !large && (
          <Button
            look="plain"
            icon={Presentation}
            onClick={() => (slides.large.value = true)}
            data-testid="stage-slides"
          >
            {t("slides.title")}
          </Button>
        )}
        {pinned && (
          <Button
            look="plain"
            icon={PinOff}
            onClick={() => (desk.pinned.value = "")}
            data-testid="stage-unpin"
          >
            {t("class.unpin")}
          </Button>
        )}
        {person && !large && (
          <IconButton
            class="on-picture"
            icon={full ? Minimize : Maximize}
            label={full ? t("class.full_off") : t("class.full")}
            onClick={() => (desk.full.value = !full)}
            data-testid="stage-full"
          />
        )}
      </div>
      {pinned && (
        <span class="stage-mark">
          <Pin size={14} aria-hidden /> {t("class.pinned")}
        </span>
      )}
      {room.local.screen.state.value === "on" && <Sharing />}
    </section>
  );
}

/** Before the opening: the teacher starts, the others wait. */
function NotOpen() {
  const { room } = useDesk();
  const [busy, setBusy] = useState(false);
  const teachers = room.state.lesson.value?.teachers.map(one => one.name).join(", ");
  if (!room.state.welcomed.value) return null;
  if (room.state.phase.value === "lobby") {
    return (
      <div class="stage-words" data-testid="class-lobby">
        <span class="stage-breath" aria-hidden="true" />
        <p class="stage-title">{t("order.lobby_title")}</p>
        {teachers && <p>{teachers}</p>}
        <p class="stage-more">{t("order.lobby_words")}</p>
      </div>
    );
  }
  if (!room.state.rights.value.open) {
    return (
      <div class="stage-words" data-testid="class-waiting">
        <span class="stage-breath" aria-hidden="true" />
        <p class="stage-title">{t("class.wait_title")}</p>
        {teachers && <p>{teachers}</p>}
        <p class="stage-more">{t("class.wait_words")}</p>
      </div>
    );
  }
  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      await room.socket.request("lesson.open");
    } catch (error) {
      if (error instanceof RequestFailed) toast(`${t("class.lesson_failed")}. ${error.message}`, "fault");
    }
    setBusy(false);
  };
  return (
    <div class="stage-words">
      <p class="stage-title">{t("class.start_title")}</p>
      <p class="stage-more">{t("class.start_words")}</p>
      <Button look="primary" icon={Play} busy={busy} onClick={() => void start()} data-testid="class-open">
        {t("class.start")}
      </Button>
    </div>
  );
}

/** The class is open and nobody is on the stage: the teacher's plate, or a quiet word. */
function Nobody() {
  const { room } = useDesk();
  const teacher = presenter(room.state.others.value);
  const you = room.state.people.value.get(room.state.you.value);
  const track = room.local.cam.track.value;
  const person = teacher ?? (you?.role === "teacher" ? you : undefined);
  const group = useGroupHere();
  if (!person) {
    return (
      <div class="stage-words">
        <p class="stage-title">{t(group ? "groups.works" : "class.wait_title")}</p>
        <p class="stage-more">{t(group ? "groups.works_words" : "class.wait_words")}</p>
      </div>
    );
  }
  const yours = person.id === room.state.you.value;
  if (yours && track) {
    return (
      <>
        <OwnVideo track={track} />
        <NameTag
          name={t("class.name_you", { name: person.name })}
          mic={room.local.mic.state.value === "on"}
          speaks={false}
        />
      </>
    );
  }
  return (
    <>
      <Face
        name={person.name}
        id={person.id}
        large
        words={person.cam ? undefined : t("class.camera_is_off")}
      />
      <NameTag
        name={yours ? t("class.name_you", { name: person.name }) : person.name}
        mic={person.mic}
        speaks={room.state.speaking.value.has(person.id)}
      />
    </>
  );
}

function Sharing() {
  const { room } = useDesk();
  return (
    <div class="sharing" role="status" data-testid="sharing">
      <MonitorUp size={18} aria-hidden />
      <span class="grow">{t("class.you_share")}</span>
      <Button look="plain" onClick={() => void room.local.share()} data-testid="sharing-stop">
        {t("class.stop_share")}
      </Button>
    </div>
  );
}

/** The real full screen where the browser has it; where not (iPhone), the page's own is all there is. */
function useFullScreen(box: HTMLElement | null, wanted: boolean, tell: (full: boolean) => void): void {
  useEffect(() => {
    if (!box || !document.fullscreenEnabled) return;
    if (wanted && !document.fullscreenElement) box.requestFullscreen().catch(() => undefined);
    if (!wanted && document.fullscreenElement === box) void document.exitFullscreen();
    const changed = (): void => {
      if (!document.fullscreenElement) tell(false);
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [box, wanted]);
}
