/** States of items and cases as words, pictures and tones; colour never speaks alone. */
import {
  CircleCheck,
  CircleDashed,
  Clock,
  Eye,
  FileText,
  Gavel,
  Hourglass,
  Mail,
  MessageSquareText,
  Scale,
  StickyNote,
  UsersRound,
} from "lucide-preact";
import { maybe, t } from "../../i18n";
import type { Tone } from "../../ui/Badge";
import type { Icon } from "../../ui/Button";
import type { CaseState, ItemState } from "./types";

const ITEMS: Record<ItemState, { tone: Tone; icon: Icon }> = {
  open: { tone: "plain", icon: CircleDashed },
  second: { tone: "accent", icon: UsersRound },
  chair: { tone: "accent", icon: Scale },
  accepted: { tone: "warn", icon: StickyNote },
  nothing: { tone: "good", icon: CircleCheck },
  late: { tone: "plain", icon: Clock },
};

const CASES: Record<CaseState, { tone: Tone; icon: Icon }> = {
  open: { tone: "plain", icon: Eye },
  clean: { tone: "good", icon: CircleCheck },
  to_notify: { tone: "accent", icon: Mail },
  notice: { tone: "plain", icon: Hourglass },
  heard: { tone: "accent", icon: MessageSquareText },
  found: { tone: "plain", icon: Gavel },
  measured: { tone: "plain", icon: FileText },
  appealed: { tone: "accent", icon: Scale },
  closed: { tone: "good", icon: CircleCheck },
  late: { tone: "plain", icon: Clock },
};

interface Look {
  tone: Tone;
  icon: Icon;
  words: string;
}

export function itemLook(state: ItemState): Look {
  return { ...(ITEMS[state] ?? ITEMS.open), words: maybe(`review.item.${state}`) ?? state };
}

export function caseLook(state: CaseState): Look {
  return { ...(CASES[state] ?? CASES.open), words: maybe(`review.case.${state}`) ?? state };
}

export const eventWord = (kind: string): string => maybe(`wall.event.${kind}`) ?? kind;

export const sourceWord = (source: "cam" | "screen"): string =>
  t(source === "cam" ? "wall.camera" : "wall.screen");

/** A moment of a window: `0:07`, `1:32`. */
export function moment(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function gapWords(gap: { stream: string; why: string }): string {
  const parts = [maybe(`wall.gap.${gap.stream}`) ?? gap.stream, maybe(`wall.gap.${gap.why}`) ?? gap.why];
  return `${t("wall.gap")}: ${parts.filter(Boolean).join(", ")}`;
}
