/** The wall's states and kinds of flags as words and pictures; colour never speaks alone. */
import {
  AudioLines,
  BookOpen,
  CameraOff,
  CircleCheck,
  CirclePause,
  Coffee,
  DoorOpen,
  EyeOff,
  FileCheck,
  Flag,
  Hourglass,
  MonitorX,
  Moon,
  PenLine,
  Repeat,
  ScanEye,
  Smartphone,
  UserRoundSearch,
  UserX,
  UsersRound,
} from "lucide-preact";
import { maybe, t } from "../../i18n";
import type { Tone } from "../../ui/Badge";
import type { Icon } from "../../ui/Button";
import { ALIKE, UNSURE } from "./checks";
import type { Kind, Student } from "./types";

const KIND_ICONS: Record<Kind, Icon> = {
  absent: UserX,
  several: UsersRound,
  other_person: UserRoundSearch,
  head_away: ScanEye,
  covered: CameraOff,
  dark: Moon,
  frozen: CirclePause,
  loop: Repeat,
  beacon_lost: MonitorX,
  beacon_stale: MonitorX,
  beacon_foreign: MonitorX,
  share_ended: MonitorX,
  voice: AudioLines,
  phone: Smartphone,
  book: BookOpen,
};

export function kindIcon(kind: string): Icon {
  return KIND_ICONS[kind as Kind] ?? Flag;
}

/** What was seen, in words; a kind that this page does not know yet keeps its name. */
export function kindWord(kind: string): string {
  return maybe(`wall.kind.${kind}`) ?? kind;
}

const STATES: Record<Student["state"], { tone: Tone; icon: Icon }> = {
  absent: { tone: "plain", icon: Hourglass },
  preparing: { tone: "plain", icon: DoorOpen },
  waiting: { tone: "accent", icon: Hourglass },
  admitted: { tone: "plain", icon: CircleCheck },
  running: { tone: "plain", icon: PenLine },
  break: { tone: "plain", icon: Coffee },
  paused: { tone: "warn", icon: CirclePause },
  suspended: { tone: "warn", icon: EyeOff },
  submitted: { tone: "good", icon: FileCheck },
  over: { tone: "plain", icon: CircleCheck },
};

export function stateLook(state: Student["state"]): { tone: Tone; icon: Icon; words: string } {
  const known = STATES[state] ?? STATES.absent;
  return { ...known, words: maybe(`wall.state.${state}`) ?? state };
}

/** Whole minutes until a moment, rounded up; never below nothing. */
export function minutesLeft(deadline: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(deadline) - now) / 60_000));
}

export function timeLeft(one: Pick<Student, "deadline" | "state">, now: number): string {
  if (!one.deadline || !["running", "break", "paused"].includes(one.state)) return "";
  return t("wall.minutes", { n: minutesLeft(one.deadline, now) });
}

/** A length of time: `40 s`, `3 min 05 s`. */
export function lasted(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t("wall.seconds", { n: whole });
  return t("wall.min_sec", { m: Math.floor(whole / 60), s: String(whole % 60).padStart(2, "0") });
}

/** How alike two faces are, in words; the number stands beside it, and a person confirms. */
export function likeness(score: number | null): { tone: Tone; words: string } {
  if (score === null) return { tone: "plain", words: t("wall.like_unknown") };
  if (score >= ALIKE) return { tone: "good", words: t("wall.like_close") };
  if (score >= UNSURE) return { tone: "warn", words: t("wall.like_unsure") };
  return { tone: "warn", words: t("wall.like_far") };
}

/** Everything of a card in one sentence, for those who listen. */
export function aloud(one: Student, now: number): string {
  const parts = [one.name, stateLook(one.state).words, timeLeft(one, now)];
  if (one.help) parts.push(t("wall.help_asked"));
  if (one.unread) parts.push(t("wall.unread", { count: one.unread }));
  if (one.link === "weak" || one.link === "lost") parts.push(t(`wall.link_${one.link}`));
  parts.push(...one.standing.map(kindWord));
  const unseen = one.flags.filter(flag => !flag.seen).length;
  if (unseen) parts.push(t("wall.unseen", { count: unseen }));
  return parts.filter(Boolean).join(", ");
}
