/**
 * The way in: which steps this exam asks of this student, which are done and which is open. The attempt
 * flows in; a list in order flows out. Pure: the server judges again who may enter.
 */
import type { AttemptView, Photo } from "./types";

export type Station =
  "rules" | "biometrics" | "equipment" | "face" | "document" | "turn" | "room" | "baseline" | "share";

export interface Stop {
  name: Station;
  done: boolean;
  /** A person will have to look at it: the student may do it again or go on all the same. */
  doubtful: boolean;
}

function photo(name: "face" | "document", taken: Photo | null): Stop {
  return { name, done: taken !== null && !taken.problem, doubtful: !!taken?.problem };
}

const plain = (name: Station, done: boolean): Stop => ({ name, done, doubtful: false });

export function stopsOf(view: AttemptView): Stop[] {
  const { steps, exam, rules, models } = view;
  if (withoutCamera(view)) {
    return [plain("rules", steps.rules !== null), plain("biometrics", true), plain("share", steps.share)];
  }
  return [
    plain("rules", steps.rules !== null),
    plain("biometrics", steps.biometrics === "yes"),
    {
      name: "equipment",
      done: steps.equipment !== "",
      doubtful: steps.equipment === "bad",
    },
    ...(exam.identity ? [photo("face", steps.face), photo("document", steps.document)] : []),
    ...(exam.identity ? [plain("turn", steps.turn)] : []),
    ...(rules?.room_pan ? [plain("room", steps.room)] : []),
    // Seen again and again until the start; the page only asks to sit still for a moment.
    ...(models.faces ? [plain("baseline", steps.baseline)] : []),
    plain("share", steps.share),
  ];
}

/** The first step that is not done; null when all are. `passed`: steps gone past on this page. */
export function openStop(stops: readonly Stop[], passed: ReadonlySet<Station>): Station | null {
  return stops.find(stop => !stop.done && !passed.has(stop.name))?.name ?? null;
}

/** In a computer class, without consent to biometrics: no camera, and a person in the room looks. */
export function withoutCamera({ steps, place }: Pick<AttemptView, "steps" | "place">): boolean {
  return steps.rules !== null && steps.biometrics === "no" && place === "class";
}

/** No camera opens before both are given. */
export function mayOpenCamera({ steps }: AttemptView): boolean {
  return steps.rules !== null && steps.biometrics === "yes";
}
