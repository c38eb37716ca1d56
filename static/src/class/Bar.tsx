/**
 * The controls at the bottom: a picture and a word each, the same order everywhere. A phone has the five
 * that are wanted in a hurry; going out is above the class there, and the rest lives under "More".
 */
import {
  CircleStop,
  Ellipsis,
  LogOut,
  MessageCircleQuestionMark,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Presentation,
  Users,
  Video,
  VideoOff,
} from "lucide-preact";
import { t } from "../i18n";
import type { LocalState } from "../media/local";
import type { Icon } from "../ui/Button";
import { toast } from "../ui/Toast";
import { useDesk, type PanelName } from "./context";
import { HandControl } from "./talk/HandControl";
import { ReactControl } from "./talk/Reactions";

interface ControlProps {
  icon: Icon;
  word: string;
  /** Read aloud instead of the word, which is said before it where it is not in it. */
  label?: string;
  testid: string;
  onClick: () => void;
  tone?: "off" | "on" | "danger" | "fault" | "barred";
  pressed?: boolean;
  expanded?: boolean;
  busy?: boolean;
  count?: number;
  /** The count is news, not just a number. */
  fresh?: boolean;
}

const spoken = (text: string): string =>
  ` ${(text.toLocaleLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ")} `;

/** Who steers by voice says what they see: the words on a button, whole and in this order, are part of its
 * name (WCAG 2.5.3). */
export function named(shown: string, label: string): string {
  return spoken(label).includes(spoken(shown)) ? label : `${shown}: ${label}`;
}

export function Control(props: ControlProps) {
  const {
    icon: Picture,
    word,
    label,
    testid,
    onClick,
    tone,
    pressed,
    expanded,
    busy = false,
    count = 0,
    fresh = false,
  } = props;
  const number = count > 99 ? "99+" : `${count}`;
  return (
    <button
      type="button"
      class={tone ? `control control-${tone}` : "control"}
      data-testid={testid}
      aria-label={label && named(count > 0 ? `${word} ${number}` : word, label)}
      title={label ?? word}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-busy={busy || undefined}
      onClick={onClick}
    >
      <span class="control-picture">
        {busy ? <span class="spinner" aria-hidden="true" /> : <Picture size={22} aria-hidden />}
      </span>
      <span class="control-word">{word}</span>{" "}
      {count > 0 && (
        <span class={fresh ? "control-count control-fresh numbers" : "control-count numbers"}>{number}</span>
      )}
    </button>
  );
}

const TONES: Record<LocalState, ControlProps["tone"]> = {
  on: "on",
  starting: "on",
  off: "off",
  failed: "fault",
};

/** Roles that could switch their microphone on, were it not for a rule. */
const SPEAKS = ["student", "guest", "curator"];

export function Bar() {
  const { room, narrow, dialog } = useDesk();
  const { local } = room;
  const { publish, close, slides } = room.state.rights.value;
  const { rules } = room.state.order.moderation.value;
  const own = room.state.people.value.get(room.state.you.value)?.role ?? "";
  // Off by a rule of the class: the place stays, so that nobody looks for it.
  const barred = (source: "mic" | "cam"): boolean =>
    !rules[source === "mic" ? "mics" : "cams"] && !publish.includes(source) && SPEAKS.includes(own);
  const mic = local.mic.state.value;
  const cam = local.cam.state.value;
  return (
    <div class="bar" role="toolbar" aria-label={t("class.bar")}>
      {publish.includes("mic") && (
        <Control
          icon={mic === "on" ? Mic : MicOff}
          word={t("class.mic")}
          label={mic === "on" ? t("class.mic_on") : t("class.mic_off")}
          tone={TONES[mic]}
          busy={mic === "starting"}
          onClick={() => void local.toggle("mic")}
          testid="bar-mic"
        />
      )}
      {barred("mic") && <Barred icon={MicOff} word={t("class.mic")} testid="bar-mic-barred" />}
      <HandControl />
      {publish.includes("cam") && (
        <Control
          icon={cam === "on" ? Video : VideoOff}
          word={t("class.cam")}
          label={cam === "on" ? t("class.cam_on") : t("class.cam_off")}
          tone={TONES[cam]}
          busy={cam === "starting"}
          onClick={() => void local.toggle("cam")}
          testid="bar-cam"
        />
      )}
      {barred("cam") && <Barred icon={VideoOff} word={t("class.cam")} testid="bar-cam-barred" />}
      {!narrow.value && <ShareControl />}
      {!narrow.value && slides && (
        <Control
          icon={Presentation}
          word={t("slides.title")}
          expanded={dialog.value === "slides"}
          onClick={() => (dialog.value = "slides")}
          testid="bar-slides"
        />
      )}
      {!narrow.value && <ReactControl />}
      <span class="bar-gap" />
      {!narrow.value && <PanelControl name="people" icon={Users} />}
      <PanelControl name="chat" icon={MessageSquare} />
      {!narrow.value && <PanelControl name="ask" icon={MessageCircleQuestionMark} />}
      <Control
        icon={Ellipsis}
        word={t("class.more")}
        expanded={dialog.value === "more"}
        onClick={() => (dialog.value = "more")}
        testid="bar-more"
      />
      <span class="bar-gap" />
      {!narrow.value && (
        <Control icon={LogOut} word={t("class.leave")} onClick={() => room.leave()} testid="bar-leave" />
      )}
      {close && !narrow.value && <EndControl />}
    </div>
  );
}

/** Something that a rule of the class has switched off for now. */
function Barred({ icon, word, testid }: { icon: Icon; word: string; testid: string }) {
  return (
    <Control
      icon={icon}
      word={word}
      label={t("order.barred", { word })}
      tone="barred"
      onClick={() => toast(t("order.barred", { word }))}
      testid={testid}
    />
  );
}

/** Showing the screen: what the button says and does; null where it cannot be done. */
export function useShare() {
  const { room } = useDesk();
  const { local } = room;
  if (!room.state.rights.value.publish.includes("screen") || !local.devices.canShareScreen) return null;
  const on = local.screen.state.value === "on";
  return {
    on,
    icon: on ? MonitorX : MonitorUp,
    label: on ? t("class.share_on") : t("class.share_off"),
    busy: local.screen.state.value === "starting",
    onClick: () => void local.share(),
  };
}

function ShareControl() {
  const share = useShare();
  if (!share) return null;
  const { on, ...rest } = share;
  return (
    <Control
      {...rest}
      word={t("class.share_short")}
      tone={on ? "on" : undefined}
      pressed={on}
      testid="bar-share"
    />
  );
}

function EndControl() {
  const { dialog } = useDesk();
  return (
    <Control
      icon={CircleStop}
      word={t("class.end")}
      label={t("class.end_yes")}
      tone="danger"
      onClick={() => (dialog.value = "end")}
      testid="bar-end"
    />
  );
}

function PanelControl({ name, icon }: { name: PanelName; icon: Icon }) {
  const { panel, room, read } = useDesk();
  const open = panel.value === name;
  const own = room.state.you.value;
  const unread = room.state.lines.value.filter(line => line.n > read.value && line.person !== own).length;
  const { talk, rights } = room.state;
  const waiting = rights.value.open ? talk.open.value.length : talk.unvoted.value.length;
  const news = open ? 0 : name === "chat" ? unread : waiting;
  const count = name === "people" ? room.state.people.value.size : news;
  const label = name === "chat" && count > 0 ? t("class.unread", { count }) : undefined;
  return (
    <Control
      icon={icon}
      word={t(`class.${name}`)}
      label={label}
      count={count}
      fresh={name !== "people"}
      tone={open ? "on" : undefined}
      pressed={open}
      onClick={() => (panel.value = open ? null : name)}
      testid={`bar-${name}`}
    />
  );
}
