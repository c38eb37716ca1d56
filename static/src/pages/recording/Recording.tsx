/**
 * The recording of a lesson: stage, speaker, everybody's sound and the chat as it went. Works while the
 * lesson still runs. What is played is noted, for the student themselves and the teacher, and the page
 * says so.
 */
import { Captions, Gauge, Maximize, Pause, Play, RotateCcw, RotateCw, Volume2, VolumeX } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post } from "../../api/client";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { IconButton } from "../../ui/Button";
import { Note } from "../../ui/Note";
import { Card, Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { speeches, type Moment, type Piece } from "./cast";
import { CaptionsLine, CaptionsSwitch, useCues } from "./Captions";
import { Player } from "./player";
import { Asked } from "./Marks";
import { SeekBar } from "./SeekBar";
import { Watchers } from "./Watchers";
import type { Range } from "./watched";
import { elapsed } from "../../class/layout";
import { later } from "../../class/slides/Later";
import { me } from "../../state/me";
import "./recording.css";

export interface RecordingView {
  lesson: string;
  title: string;
  starts: string;
  length: number;
  live: boolean;
  finishing: boolean;
  pieces: Piece[];
  people: { id: string; name: string; role: string }[];
  moments: Moment[];
  watched: Range[];
  download: boolean;
}

const Slides = later(() => import("./Slides"));

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const TELL_EVERY = 5000; // ms
const LOOK_EVERY = 8000;

export default function Recording({ id }: { id: string }) {
  const recording = useResource(
    signal => get<RecordingView>(`/lessons/${encodeURIComponent(id)}/recording`, {}, signal),
    [id],
  );
  const growing = recording.data !== undefined && (recording.data.live || recording.data.finishing);
  useEffect(() => {
    if (!growing) return;
    const timer = setInterval(recording.reload, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [growing]);
  const view = recording.data;
  return (
    <Page
      title={view?.title || t("playback.title")}
      lead={view && t("playback.lead", { time: dayAndTime(view.starts) })}
      testid="recording"
    >
      <Load of={recording}>
        {found =>
          found.pieces.length > 0 ? (
            <Stage view={found} />
          ) : (
            <Empty
              icon={Captions}
              title={t(found.live || found.finishing ? "playback.not_yet" : "playback.empty")}
            />
          )
        }
      </Load>
    </Page>
  );
}

function Stage({ view }: { view: RecordingView }) {
  const player = useMemo(() => new Player(), [view.lesson]);
  const [slides, setSlides] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const beside = useRef<HTMLDivElement>(null);
  const names = useMemo(() => new Map(view.people.map(one => [one.id, one.name])), [view.people]);
  const spoken = useMemo(() => speeches(view.moments, view.length), [view.moments, view.length]);

  // before the bar can be touched: without its length it would lead nowhere
  useLayoutEffect(() => {
    const presenters = new Set(view.people.filter(one => one.role === "teacher").map(one => one.id));
    player.load(view.pieces, spoken, presenters);
  }, [player, view, spoken]);
  useLayoutEffect(() => {
    if (!stage.current || !beside.current) return;
    player.start({ stage: stage.current, beside: beside.current });
    return () => player.stop();
  }, [player]);
  const captions = useCues(view.lesson, view.length);
  const [choice, setChoice] = useState({ on: true });
  useTold(player, view.lesson);
  useKeys(player, () => void frame.current?.requestFullscreen?.());

  const { stage: shown, beside: small } = player.now.value;
  const caption = (piece: Piece | null): string => (piece ? (names.get(piece.person) ?? "") : "");
  return (
    <div class="playback">
      <div class="playback-main">
        <div
          class={slides ? "playback-frame playback-with-slides" : "playback-frame"}
          ref={frame}
          data-testid="playback"
          data-playing={player.playing.value}
          data-waiting={player.waiting.value}
          data-time={Math.round(player.time.value)}
          data-skew={player.skew.value}
        >
          <div class="playback-stage" ref={stage} onClick={() => player.toggle()} />
          {view.moments.some(one => one.kind === "slides.shown") && (
            <Slides player={player} lesson={view.lesson} live={view.live} onStage={setSlides} />
          )}
          {!shown && !slides && <p class="playback-none">{t("playback.sound_only")}</p>}
          {player.waiting.value && (
            <p class="playback-waiting" role="status">
              {t("playback.waiting")}
            </p>
          )}
          {captions.length > 0 && choice.on && <CaptionsLine cues={captions} player={player} />}
          <span class="playback-name" data-testid="playback-stage-name">
            {caption(shown)}
          </span>
          <div class={small ? "playback-beside" : "playback-beside playback-gone"}>
            <div ref={beside} />
            <span class="playback-name">{caption(small)}</span>
          </div>
        </div>
        <Controls player={player} frame={frame}>
          {captions.length > 0 && <CaptionsSwitch on={choice.on} onValue={on => setChoice({ on })} />}
        </Controls>
        <SeekBar
          player={player}
          spoken={spoken}
          moments={view.moments}
          names={names}
          watched={view.watched}
        />
        <p class="muted small">{t("playback.noted")}</p>
        {view.live && <Note>{t("playback.live")}</Note>}
        {view.finishing && <Note>{t("playback.finishing")}</Note>}
        {view.download && <Files view={view} names={names} />}
        {me.value?.actions.includes("recording.watchers") && <Watchers lesson={view.lesson} />}
      </div>
      <div class="playback-side">
        <Chat player={player} moments={view.moments} names={names} />
        <Asked player={player} moments={view.moments} names={names} />
      </div>
    </div>
  );
}

function Controls({
  player,
  frame,
  children,
}: {
  player: Player;
  frame: { current: HTMLElement | null };
  children: ComponentChildren;
}) {
  const { playing, muted, rate, time, length, ended } = player;
  const step = (by: number): void => player.seek(time.value + by * 1000);
  return (
    <div class="playback-controls" role="toolbar" aria-label={t("playback.controls")}>
      <IconButton
        icon={playing.value ? Pause : Play}
        label={playing.value ? t("playback.pause") : t(ended.value ? "playback.again" : "playback.play")}
        onClick={() => player.toggle()}
        data-testid="playback-play"
      />
      <IconButton icon={RotateCcw} label={t("playback.back")} onClick={() => step(-10)} />
      <IconButton icon={RotateCw} label={t("playback.on")} onClick={() => step(10)} />
      <span class="numbers playback-time" data-testid="playback-time">
        {elapsed(time.value)} / {elapsed(length.value)}
      </span>
      <span class="grow" />
      {children}
      <IconButton
        icon={muted.value ? VolumeX : Volume2}
        label={muted.value ? t("playback.unmute") : t("playback.mute")}
        onClick={() => (muted.value = !muted.value)}
      />
      <label class="playback-rate">
        <Gauge size={20} aria-hidden />
        <span class="hidden-text">{t("playback.rate")}</span>
        <select
          value={rate.value}
          onChange={event => (rate.value = Number(event.currentTarget.value))}
          data-testid="playback-rate"
        >
          {RATES.map(one => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      <IconButton
        icon={Maximize}
        label={t("playback.full")}
        onClick={() => void frame.current?.requestFullscreen?.()}
      />
    </div>
  );
}

function Chat({
  player,
  moments,
  names,
}: {
  player: Player;
  moments: readonly Moment[];
  names: ReadonlyMap<string, string>;
}) {
  const lines = moments.filter(one => one.kind === "chat.said");
  const at = player.time.value;
  const said = lines.filter(one => one.at <= at).length;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const line = list.current?.children[said - 1];
    // Only the list moves, never the page under the reader.
    if (list.current && line instanceof HTMLElement) list.current.scrollTop = line.offsetTop - 80;
  }, [said]);
  return (
    <Card title={t("playback.chat")} testid="playback-chat">
      {lines.length === 0 && <p class="muted">{t("playback.no_chat")}</p>}
      <ol class="playback-lines plain-list" ref={list}>
        {lines.map((line, index) => (
          <li key={`${line.at}.${index}`} class={index < said ? "" : "playback-later"}>
            <button
              type="button"
              class="playback-line"
              onClick={() => player.seek(line.at)}
              data-testid="playback-line"
            >
              <span class="muted small numbers">{elapsed(line.at)}</span>{" "}
              <strong dir="auto">{names.get(line.person) ?? ""}</strong>
              {line.data["to"] ? (
                <span class="muted small">
                  {" "}
                  {t("talk.only_to", { name: names.get(String(line.data["to"])) ?? "" })}
                </span>
              ) : null}
              <span dir="auto">{String(line.data["text"] ?? "")}</span>
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Files({ view, names }: { view: RecordingView; names: ReadonlyMap<string, string> }) {
  const whole = view.pieces.filter(piece => !piece.growing);
  return (
    <details class="playback-files">
      <summary>{t("playback.files", { count: whole.length })}</summary>
      <ul class="plain-list">
        {whole.map(piece => (
          <li key={piece.piece}>
            <a href={`/api/v1/lessons/${view.lesson}/recording/${piece.piece}`} download>
              {t(`playback.source_${piece.source}`)}, {names.get(piece.person) ?? ""},{" "}
              <span class="numbers">{elapsed(piece.starts)}</span>
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Tell the server every few seconds what was played, and once more on the way out. */
function useTold(player: Player, lesson: string): void {
  useEffect(() => {
    const tell = async (): Promise<void> => {
      const ranges = player.watched.take();
      if (ranges.length === 0) return;
      try {
        await post(`/lessons/${encodeURIComponent(lesson)}/watched`, { ranges });
      } catch {
        player.watched.again(ranges);
      }
    };
    const timer = setInterval(() => void tell(), TELL_EVERY);
    const leave = (): void => void tell();
    window.addEventListener("pagehide", leave);
    return () => {
      clearInterval(timer);
      window.removeEventListener("pagehide", leave);
      void tell();
    };
  }, [player, lesson]);
}

function useKeys(player: Player, full: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const at = event.target as HTMLElement;
      if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))
        return;
      const step = (seconds: number): void => player.seek(player.time.value + seconds * 1000);
      const faster = (by: number): void => {
        const index = RATES.indexOf(player.rate.value) + by;
        player.rate.value = RATES[index] ?? player.rate.value;
      };
      const keys: Record<string, () => void> = {
        k: () => player.toggle(),
        " ": () => at.tagName !== "BUTTON" && player.toggle(),
        ArrowLeft: () => step(-5),
        ArrowRight: () => step(5),
        j: () => step(-10),
        l: () => step(10),
        m: () => (player.muted.value = !player.muted.value),
        f: full,
        "<": () => faster(-1),
        ">": () => faster(1),
        Home: () => player.seek(0),
      };
      const act = keys[event.key];
      if (!act || (event.key === " " && at.tagName === "BUTTON")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [player]);
}
