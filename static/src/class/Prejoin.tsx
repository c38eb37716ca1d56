/**
 * Before the class: what it is and whether it has begun, how one looks and sounds, which devices; and one
 * large button. Nobody needs a camera or a microphone to join, and nothing here has to be settled first.
 */
import { ArrowLeft, FlaskConical, LogIn, Mic, MicOff, Video, VideoOff } from "lucide-preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { post } from "../api/client";
import { explain } from "../api/explain";
import type { LessonView } from "../api/types";
import { t } from "../i18n";
import { clock } from "../i18n/dates";
import type { LocalMedia } from "../media/local";
import type { Source } from "../media/wire";
import { may, me } from "../state/me";
import { Badge } from "../ui/Badge";
import { Check, TextArea } from "../ui/Field";
import { useDoing } from "../ui/hooks";
import { SupportButton } from "../support/SupportButton";
import { Note } from "../ui/Note";
import { Button } from "../ui/Button";
import { HelpLink } from "../ui/HelpLink";
import { Mark, useArrival } from "../ui/Shell";
import { LanguageSwitch, ThemeSwitch } from "../ui/Switches";
import { Control } from "./Bar";
import { DeviceFaults, DeviceSelects } from "./DeviceSelects";
import { Face, OwnVideo } from "./Face";
import { Level } from "./Level";
import { BrowserNote, NetworkNote } from "./prejoin/Checks";
import { remember, remembers } from "./visited";

interface PrejoinProps {
  lesson: LessonView;
  person: { id: string; name: string };
  local: LocalMedia;
  onJoin: (several: boolean) => void;
}

export function Prejoin({ lesson, person, local, onJoin }: PrejoinProps) {
  const heading = useArrival(lesson.title);
  // Not after the first paint: whoever joins before it has a camera and a microphone all the same.
  useLayoutEffect(() => {
    void local.start().then(() => local.begin(source => sends(lesson, source)));
  }, [local]);
  const open = lesson.state === "open";
  const teachers = lesson.teachers.map(one => one.name).join(", ");
  return (
    <div class="prejoin" data-testid="prejoin">
      <header class="prejoin-head">
        <a href="/" class="brand">
          <Mark />
          <span>{t("app.name")}</span>
        </a>
        <div class="row">
          <HelpLink words={false} part={lesson.may.open ? "teacher" : "student"} />
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" class="prejoin-main">
        <section class="prejoin-look" aria-label={t("prejoin.camera")}>
          <Preview lesson={lesson} local={local} person={person} />
          <DeviceFaults local={local} />
          <BrowserNote />
        </section>
        <section class="prejoin-card">
          <div class="stack-tight">
            <h1 ref={heading} tabIndex={-1} dir="auto">
              {lesson.title}
            </h1>
            <p class="muted">
              <span class="numbers">
                {clock(lesson.starts)}–{clock(lesson.ends)}
              </span>
              {teachers && <>, {t("prejoin.teachers", { names: teachers })}</>}
            </p>
            {open ? (
              <div>
                <Badge tone="good" testid="prejoin-open">
                  {t("prejoin.open_now")}
                </Badge>
              </div>
            ) : lesson.may.open ? (
              <p class="prejoin-note">{t("prejoin.yours")}</p>
            ) : (
              <p class="prejoin-note" role="status" data-testid="prejoin-waiting">
                {t("prejoin.waiting")}
              </p>
            )}
          </div>
          <Join lesson={lesson} onJoin={onJoin} />
          <p class="small muted" data-testid="prejoin-name">
            {t("prejoin.you_are", { name: person.name })}
          </p>
          <NetworkNote />
          <div class="prejoin-devices">
            <DeviceSelects
              local={local}
              kinds={(["cam", "mic", "speaker"] as const).filter(
                kind => kind === "speaker" || sends(lesson, kind),
              )}
            />
          </div>
          {lesson.kind !== "trial" && me.value?.kind === "account" && (
            <a href="/trial" target="_blank" rel="noopener" class="prejoin-back" data-testid="prejoin-trial">
              <FlaskConical size={18} aria-hidden /> {t("trial.try")}
            </a>
          )}
          <a href="/" class="prejoin-back">
            <ArrowLeft size={18} aria-hidden /> {t("prejoin.to_today")}
          </a>
          <SupportButton place="prejoin" />
        </section>
      </main>
    </div>
  );
}

/** Whether this account could send at all: whoever only looks on is asked for no camera. */
function sends(lesson: LessonView, source: Source): boolean {
  return lesson.kind === "trial" || may(`media.send.${source}`);
}

/** One large button; who has no part in the lesson says first why they come. */
function Join({ lesson, onJoin }: Pick<PrejoinProps, "lesson" | "onJoin">) {
  const [reason, setReason] = useState("");
  const doing = useDoing();
  const [several, setSeveral] = useState(false);
  const visits = lesson.relation === "stranger" && !remembers(lesson.id);
  const join = (): void => {
    if (!visits) {
      onJoin(several);
      return;
    }
    void doing.run(async () => {
      await post(`/lessons/${encodeURIComponent(lesson.id)}/visits`, { reason });
      remember(lesson.id);
      onJoin(several);
    });
  };
  return (
    <>
      {visits && (
        <TextArea
          label={t("prejoin.reason")}
          hint={t("prejoin.reason_hint")}
          value={reason}
          onValue={setReason}
          maxLength={500}
          data-testid="prejoin-reason"
        />
      )}
      {lesson.relation === "enrolled" && lesson.kind !== "trial" && (
        <Check
          label={t("together.several")}
          checked={several}
          onValue={setSeveral}
          data-testid="prejoin-several"
        />
      )}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Button
        look="primary"
        wide
        icon={LogIn}
        busy={doing.busy}
        disabled={visits && reason.trim().length < 3}
        onClick={join}
        data-testid="prejoin-join"
      >
        {t("prejoin.join")}
      </Button>
    </>
  );
}

interface PreviewProps {
  lesson: LessonView;
  local: LocalMedia;
  person: { id: string; name: string };
}

function Preview({ lesson, local, person }: PreviewProps) {
  const { mic, cam } = local;
  const camOn = cam.state.value === "on";
  const micOn = mic.state.value === "on";
  if (!sends(lesson, "cam") && !sends(lesson, "mic")) {
    return (
      <div class="preview" data-testid="prejoin-preview" data-cam="off">
        <Face name={person.name} id={person.id} large words={t("prejoin.looks_on")} />
      </div>
    );
  }
  return (
    <div class="preview" data-testid="prejoin-preview" data-cam={cam.state.value}>
      {cam.track.value ? (
        <OwnVideo track={cam.track.value} />
      ) : (
        <Face
          name={person.name}
          id={person.id}
          large
          words={cam.state.value === "starting" ? t("prejoin.cam_starting") : t("prejoin.cam_off")}
        />
      )}
      <div class="preview-bar">
        <Control
          icon={micOn ? Mic : MicOff}
          word={t("class.mic")}
          label={micOn ? t("class.mic_on") : t("class.mic_off")}
          tone={micOn ? "on" : mic.state.value === "failed" ? "fault" : "off"}
          busy={mic.state.value === "starting"}
          onClick={() => void local.toggle("mic")}
          testid="prejoin-mic"
        />
        <Control
          icon={camOn ? Video : VideoOff}
          word={t("class.cam")}
          label={camOn ? t("class.cam_on") : t("class.cam_off")}
          tone={camOn ? "on" : cam.state.value === "failed" ? "fault" : "off"}
          busy={cam.state.value === "starting"}
          onClick={() => void local.toggle("cam")}
          testid="prejoin-cam"
        />
      </div>
      <div class="preview-level" title={t("prejoin.level_hint")}>
        <Level track={mic.track.value} />
      </div>
    </div>
  );
}
