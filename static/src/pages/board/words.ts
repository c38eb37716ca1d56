/** What the board gets from the server, and how each state looks. */
import {
  Ban,
  CalendarArrowUp,
  Check,
  CircleAlert,
  Clock,
  Radio,
  TriangleAlert,
  UserRoundX,
} from "lucide-preact";
import type { Tone } from "../../ui/Badge";
import type { Icon } from "../../ui/Button";

export type Word =
  | "ahead"
  | "due"
  | "late"
  | "running"
  | "teacher_away"
  | "held"
  | "ended_early"
  | "not_held"
  | "cancelled"
  | "moved_away";

export interface BoardLesson {
  id: string;
  title: string;
  discipline: string;
  groups: string[];
  teachers: string[];
  substituted: boolean;
  starts: string;
  ends: string;
  word: Word;
  late: number;
  early: number;
  attention: boolean;
  here: number;
  expected: number;
  reason: string;
  /** Where it stood before it was moved. */
  was: string | null;
  said: string[];
  editable: boolean;
}

export interface BoardView {
  date: string;
  now: string;
  lessons: BoardLesson[];
  more: boolean;
}

export interface LessonLog {
  word: Word;
  late: number;
  early: number;
  attention: boolean;
  lines: {
    kind: "moved" | "substituted" | "explained" | "noted" | "visited";
    text: string;
    author: string;
    time: string;
    was: string | null;
    now: string | null;
  }[];
  facts: { kind: "came" | "left" | "lost" | "restarted" | "never_came"; at: string; seconds: number }[];
  contacts: { name: string; email: string; phone: string }[];
}

export const LOOKS: Record<Word, [Tone, Icon]> = {
  ahead: ["plain", Clock],
  due: ["accent", Clock],
  late: ["danger", CircleAlert],
  running: ["good", Radio],
  teacher_away: ["warn", UserRoundX],
  held: ["plain", Check],
  ended_early: ["warn", TriangleAlert],
  not_held: ["danger", CircleAlert],
  cancelled: ["plain", Ban],
  moved_away: ["accent", CalendarArrowUp],
};
