/**
 * What opens over the class: the menu of rarer things, devices, keys, the link's numbers, language and
 * theme, and the question before the end. One is open at a time.
 */
import {
  Captions,
  CircleStop,
  Keyboard,
  Languages,
  MessageCircleQuestionMark,
  Presentation,
  Projector,
  QrCode,
  Settings2,
  ShieldCheck,
  Signal as SignalIcon,
  UserPlus,
  Users,
  UsersRound,
  Wrench,
} from "lucide-preact";
import { lazy } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LessonView } from "../api/types";
import { t } from "../i18n";
import { RequestFailed } from "../media/socket";
import { Button, type Icon } from "../ui/Button";
import { Confirm, Dialog } from "../ui/Dialog";
import { Check } from "../ui/Field";
import { HelpLink } from "../ui/HelpLink";
import { LanguageSwitch, ThemeSwitch } from "../ui/Switches";
import { toast } from "../ui/Toast";
import { useShare } from "./Bar";
import { CaptionsDialog } from "./captions/Later";
import { useDesk, type DialogName, type PanelName } from "./context";
import { DeviceFaults, DeviceSelects } from "./DeviceSelects";
import { GuestDialog } from "./GuestDialog";
import { Level } from "./Level";
import { LinkDialog } from "./LinkDialog";
import { GroupsDialog } from "./groups/GroupsDialog";
import { PersonDialog } from "./moderation/PersonDialog";
import { RulesDialog } from "./moderation/RulesDialog";
import { RecordingDialog } from "./RecordingMark";
import { VisitDialog } from "./VisitDialog";
import { KEYS, lettersOn, setLetters } from "./shortcuts";
import { linkFacts } from "./steps";
import { SLIDE_KEYS } from "./slides/keys";
import { DeckList } from "./slides/Later";
import { TogetherDialog } from "./together/Later";
import { ReactionChoice } from "./talk/Reactions";

const SupportDialog = lazy(() => import("../support/SupportDialog"));

export function Dialogs({ lesson }: { lesson: LessonView }) {
  const { dialog, room } = useDesk();
  const close = (): void => {
    dialog.value = "";
  };
  const open = dialog.value;
  // From its first opening on a dialog stays, so that closing it gives the focus back.
  const opened = useRef(new Set<DialogName>());
  opened.current.add(open);
  const is = (name: DialogName) => opened.current.has(name);
  const of = (name: DialogName): OpenProps => ({ open: open === name, onClose: close });
  return (
    <>
      {is("more") && <MoreDialog {...of("more")} invite={lesson.may.invite} />}
      {is("devices") && (
        <Dialog {...of("devices")} title={t("devices.title")} testid="dialog-devices">
          <div class="stack">
            <DeviceSelects local={room.local} kinds={["cam", "mic", "speaker"]} />
            <Level track={room.local.mic.track.value} />
            <DeviceFaults local={room.local} />
          </div>
        </Dialog>
      )}
      {is("keys") && <KeysDialog {...of("keys")} />}
      {is("look") && (
        <Dialog {...of("look")} title={t("class.menu_look")} testid="dialog-look">
          <div class="row">
            <LanguageSwitch />
            <ThemeSwitch />
          </div>
        </Dialog>
      )}
      {is("link") && <LinkDialog {...of("link")} />}
      {is("visit") && <VisitDialog {...of("visit")} />}
      {is("recording") && <RecordingDialog {...of("recording")} />}
      <CaptionsDialog {...of("captions")} />
      <TogetherDialog {...of("together")} />
      {is("slides") && <SlidesDialog {...of("slides")} />}
      {is("guest") && lesson.may.invite && <GuestDialog {...of("guest")} lesson={lesson.id} />}
      {is("rules") && <RulesDialog {...of("rules")} />}
      {is("groups") && <GroupsDialog {...of("groups")} />}
      {is("person") && <PersonDialog {...of("person")} />}
      {open === "support" && <SupportDialog place="class" more={() => linkFacts(room)} onClose={close} />}
      {is("end") && <EndDialog {...of("end")} />}
    </>
  );
}

/** Roles that may sit several at one device. */
const GATHERS = ["student", "curator"];

interface OpenProps {
  open: boolean;
  onClose: () => void;
}

function MoreDialog({ open: shown, invite, onClose }: OpenProps & { invite: boolean }) {
  const { dialog, narrow, projector, room } = useDesk();
  const rights = room.state.rights.value;
  const open = room.state.phase.value === "open";
  return (
    <Dialog open={shown} title={t("class.more")} onClose={onClose} testid="dialog-more">
      <div class="menu menu-sheet">
        {narrow.value && rights.chat && open && <ReactionChoice onChosen={onClose} />}
        {narrow.value && <PanelItem icon={Users} word={t("class.people")} to="people" />}
        {narrow.value && <PanelItem icon={MessageCircleQuestionMark} word={t("class.ask")} to="ask" />}
        {narrow.value && <ShareItem />}
        {narrow.value && rights.slides && <Item icon={Presentation} word={t("slides.title")} to="slides" />}
        {rights.open && open && (
          <>
            <Item icon={QrCode} word={t("visit.menu")} to="visit" />
            <Item icon={Users} word={t("groups.title")} to="groups" />
            <Item icon={ShieldCheck} word={t("order.rules_title")} to="rules" />
          </>
        )}
        <TogetherItem />
        <Button
          look="quiet"
          class="menu-item"
          icon={Projector}
          onClick={() => {
            dialog.value = "";
            projector.value = true;
          }}
          data-testid="menu-projector"
        >
          {t("projector.start")}
        </Button>
        {invite && <Item icon={UserPlus} word={t("class.menu_guest")} to="guest" />}
      </div>
      <div class="menu menu-sheet">
        <Item icon={Settings2} word={t("class.menu_devices")} to="devices" />
        <Item icon={Captions} word={t("captions.title")} to="captions" />
        <Item icon={SignalIcon} word={t("class.menu_link")} to="link" />
        {narrow.value && <Item icon={Languages} word={t("class.menu_look")} to="look" />}
        {!narrow.value && <Item icon={Keyboard} word={t("class.menu_keys")} to="keys" />}
        <HelpLink menu part={rights.open ? "teacher" : "student"} />
        <Item icon={Wrench} word={t("support.open")} to="support" />
        {narrow.value && rights.close && (
          <Button
            look="danger"
            icon={CircleStop}
            onClick={() => (dialog.value = "end")}
            data-testid="bar-end"
          >
            {t("class.end_yes")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** For a student who is not alone, and for who runs the class where anybody is not. */
function TogetherItem() {
  const { room } = useDesk();
  const { state, together } = room;
  if (state.phase.value !== "open") return null;
  if (state.rights.value.open) {
    return together.rooms.value.size > 0 ? (
      <Item icon={UsersRound} word={t("together.rooms")} to="together" />
    ) : null;
  }
  const role = state.people.value.get(state.you.value)?.role ?? "";
  if (!GATHERS.includes(role) || state.lesson.value?.kind === "trial") return null;
  return <Item icon={UsersRound} word={t("together.several")} to="together" />;
}

function Item({ icon, word, to }: { icon: Icon; word: string; to: DialogName }) {
  const { dialog } = useDesk();
  return (
    <Button
      look="quiet"
      class="menu-item"
      icon={icon}
      onClick={() => (dialog.value = to)}
      data-testid={`menu-${to}`}
    >
      {word}
    </Button>
  );
}

function SlidesDialog({ open, onClose }: OpenProps) {
  const { room } = useDesk();
  const ready = room.state.phase.value === "open";
  const show = (deck: { id: string }): void => {
    onClose();
    void room.slides.show({ deck: deck.id, page: 1 });
  };
  return (
    <Dialog open={open} title={t("slides.title")} onClose={onClose} testid="dialog-slides">
      {open && <DeckList lesson={room.lesson} owns onShow={ready ? show : undefined} />}
    </Dialog>
  );
}

function PanelItem({ icon, word, to }: { icon: Icon; word: string; to: PanelName }) {
  const { dialog, panel } = useDesk();
  const click = (): void => {
    dialog.value = "";
    panel.value = to;
  };
  return (
    <Button look="quiet" class="menu-item" icon={icon} onClick={click} data-testid={`menu-${to}`}>
      {word}
    </Button>
  );
}

function ShareItem() {
  const { dialog } = useDesk();
  const share = useShare();
  if (!share) return null;
  const click = (): void => {
    dialog.value = "";
    share.onClick();
  };
  return (
    <Button look="quiet" class="menu-item" icon={share.icon} onClick={click} data-testid="bar-share">
      {share.label}
    </Button>
  );
}

function KeysDialog({ open, onClose }: OpenProps) {
  const [letters, setOn] = useState(lettersOn);
  return (
    <Dialog open={open} title={t("class.keys_title")} onClose={onClose} testid="dialog-keys">
      <dl class="keys">
        {KEYS.map(([command, key]) => (
          <div key={command} class="keys-row">
            <dt>{t(`class.key.${command}`)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
        {SLIDE_KEYS.map(([what, key]) => (
          <div key={what} class="keys-row">
            <dt>{t(`slides.key.${what}`)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <Check
        label={t("class.keys_letters")}
        checked={letters}
        onValue={on => {
          setLetters(on);
          setOn(on);
        }}
        data-testid="keys-letters"
      />
    </Dialog>
  );
}

function EndDialog({ open, onClose }: OpenProps) {
  const { room } = useDesk();
  const [busy, setBusy] = useState(false);
  useEffect(() => setBusy(false), [open]);
  const end = async (): Promise<void> => {
    setBusy(true);
    try {
      await room.socket.request("lesson.close");
      onClose();
    } catch (error) {
      const words =
        error instanceof RequestFailed && !error.code.startsWith("link.") ? ` ${error.message}` : "";
      toast(`${t("class.end_failed")}.${words}`, "fault");
    }
    setBusy(false);
  };
  return (
    <Confirm
      open={open}
      title={t("class.end_title")}
      words={t("class.end_words")}
      action={t("class.end_yes")}
      busy={busy}
      onYes={() => void end()}
      onClose={onClose}
    />
  );
}
