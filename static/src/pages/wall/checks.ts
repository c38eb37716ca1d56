/**
 * What of the way in a person should weigh before admitting. Steps flow in, short sentences flow out; an
 * empty list means that every check is good. The server asks for a reason by its own rules.
 */
import type { Photo, Steps } from "../../exam/types";
import { maybe, t } from "../../i18n";

/** From here on two faces count as alike; the server asks for a reason below it. */
export const ALIKE = 0.5;
/** Below this they are little alike; between the two nobody can say. */
export const UNSURE = 0.35;

export function problemWord(photo: Photo | null): string {
  if (!photo) return t("wall.photo_none");
  if (!photo.problem) return "";
  return maybe(`wall.photo.${photo.problem}`) ?? photo.problem;
}

/** @param identity the exam asks for a document and compares faces */
export function doubts(steps: Steps, identity: boolean): string[] {
  const found: string[] = [];
  const { face, document } = steps;
  if (steps.biometrics === "no") found.push(t("wall.doubt_biometrics"));
  if (!face || face.problem) found.push(`${t("wall.photo_face")}: ${problemWord(face)}`);
  if (identity && (!document || document.problem)) {
    found.push(`${t("wall.photo_document")}: ${problemWord(document)}`);
  }
  if (identity && face && !face.problem && (face.score === null || face.score < ALIKE)) {
    found.push(t(face.score === null ? "wall.like_unknown" : "wall.doubt_like"));
  }
  if (steps.equipment === "bad") found.push(t("wall.doubt_equipment"));
  return found;
}
