/**
 * Whether the machine looks on, in plain words: running or not, how often, with which models, and since
 * when the server has been silent. Where the machine does not look, people do, and nothing is held
 * against a student for it.
 */
import { Activity, CircleAlert, CloudOff, EyeOff } from "lucide-preact";
import { maybe, t } from "../../i18n";
import { clock } from "../../i18n/dates";
import type { Feed } from "./feed";
import type { Health } from "./types";

/** Looking this much less often than planned is worth a word. */
const SLOW = 1.5;

export function healthWords(health: Health): string[] {
  if (!health.up) return [t("wall.health_down")];
  const words = [t("wall.health_up", { rate: health.rate.toFixed(health.rate < 10 ? 1 : 0) })];
  if (health.stretch >= SLOW) words.push(t("wall.health_slow", { n: health.stretch.toFixed(1) }));
  const { faces, things, identity } = health.models;
  const missing = [
    !faces && t("wall.model_faces"),
    !things && t("wall.model_things"),
    !identity && t("wall.model_identity"),
  ].filter((one): one is string => typeof one === "string");
  const active = [...new Set([faces, things, identity].filter(Boolean))];
  if (active.length > 0) words.push(t("wall.models", { names: active.join(", ") }));
  if (missing.length > 0) words.push(t("wall.models_missing", { names: missing.join(", ") }));
  return words;
}

/** What is wrong with the recording, in the words of a class; empty while nothing is. */
export function recordingWords(problem: string): string {
  if (!problem) return "";
  return maybe(`recording.problem.${problem.split(".")[1] ?? ""}`) ?? t("recording.problem.stalled");
}

export function HealthLine({ feed }: { feed: Feed }) {
  const health = feed.frame.value?.health;
  const lost = feed.lost.value;
  if (!health) return null;
  if (lost) {
    return (
      <p class="pw-health pw-health-warn" role="alert" data-testid="wall-lost">
        <CloudOff size={18} aria-hidden />
        {t("wall.server_lost", { time: clock(new Date(lost).toISOString()) })}
      </p>
    );
  }
  const warn = !health.up || health.stretch >= SLOW;
  const recording = recordingWords(feed.frame.value?.recording ?? "");
  return (
    <>
      <p
        class={warn ? "pw-health pw-health-warn" : "pw-health"}
        data-testid="wall-health"
        data-up={health.up}
        data-stretch={health.stretch}
      >
        {health.up ? <Activity size={18} aria-hidden /> : <EyeOff size={18} aria-hidden />}
        {healthWords(health).join(" · ")}
      </p>
      {recording && (
        <p class="pw-health pw-health-warn" role="alert" data-testid="wall-recording">
          <CircleAlert size={18} aria-hidden />
          {recording}
        </p>
      )}
    </>
  );
}
