/** What the parts of the exam page share: the room, and what is open in it. */
import { signal, type Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ExamRoom } from "./room";
import type { AttemptView } from "./types";

export interface ExamDesk {
  room: ExamRoom;
  chat: Signal<boolean>;
  /** Number of the last message that was on the screen. */
  read: Signal<number>;
  /** Number of the last thing that the student was told of and has put away. */
  told: Signal<number>;
  /** The summary before handing in is open. */
  handing: Signal<boolean>;
}

export function newDesk(room: ExamRoom): ExamDesk {
  return {
    room,
    chat: signal(false),
    read: signal(remembered(READ)),
    told: signal(remembered(TOLD)),
    handing: signal(false),
  };
}

const READ = "sabak.exam.read";
const TOLD = "sabak.exam.told";

/** Numbers grow over the whole house: the last one read tells for every exam. */
function remembered(place: string): number {
  try {
    return Number(sessionStorage.getItem(place)) || 0;
  } catch {
    return 0;
  }
}

/** A reload must not show again what was read. */
export function markRead(read: Signal<number>, n: number, place = READ): void {
  if (n <= read.value) return;
  read.value = n;
  try {
    sessionStorage.setItem(place, String(n));
  } catch {
    // No storage: the page remembers as long as it lives.
  }
}

export const markTold = (told: Signal<number>, n: number): void => markRead(told, n, TOLD);

const Context = createContext<ExamDesk | null>(null);
export const ExamProvider = Context.Provider;

export function useExam(): ExamDesk {
  const desk = useContext(Context);
  if (!desk) throw new Error("a part of the exam was drawn outside it");
  return desk;
}

/** The newest view; the room is drawn only once there is one. */
export function useView(): AttemptView {
  const view = useExam().room.attempt.view.value;
  if (!view) throw new Error("the exam was drawn before it was read");
  return view;
}
