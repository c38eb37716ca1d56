/** What a proctor does, one call each. Ids and words flow in; failures are `ApiError`s. */
import { get, post } from "../../api/client";
import type { Answer } from "../../exam/types";
import type { Detail, Flag, Student } from "./types";

const at = (exam: string, rest: string): string => `/exams/${encodeURIComponent(exam)}${rest}`;
const of = (exam: string, person: string, rest = ""): string =>
  at(exam, `/people/${encodeURIComponent(person)}${rest}`);

/** Everything about one student; the card's facts and the longer lists as one. */
export async function readPerson(exam: string, person: string, signal?: AbortSignal): Promise<Detail> {
  const { student, ...more } = await get<Omit<Detail, keyof Student> & { student: Student; flags: Flag[] }>(
    of(exam, person),
    {},
    signal,
  );
  return { ...student, ...more };
}
export const readAnswers = (exam: string, person: string, signal?: AbortSignal) =>
  get<{ answers: Record<string, Answer> }>(of(exam, person, "/answers"), {}, signal);

/** Address of a photo of the way in; the time makes a new one another address. */
export const photoOf = (exam: string, person: string, kind: string, taken = ""): string =>
  `/api/v1${of(exam, person, `/photos/${encodeURIComponent(kind)}`)}${taken && `?at=${encodeURIComponent(taken)}`}`;

export const admit = (exam: string, person: string, reason: string) =>
  post(of(exam, person, "/admit"), { reason });
export const askPhoto = (exam: string, person: string) => post(of(exam, person, "/check"));
export const write = (exam: string, person: string, text: string) =>
  post(of(exam, person, "/message"), { text });
export const writeAll = (exam: string, text: string) => post(at(exam, "/message"), { text });
export const pause = (exam: string, person: string, reason: string) =>
  post(of(exam, person, "/pause"), { reason });
export const resume = (exam: string, person: string) => post(of(exam, person, "/resume"));
export const extend = (exam: string, person: string, minutes: number, reason: string) =>
  post(of(exam, person, "/extend"), { minutes, reason });
export const suspend = (exam: string, person: string, reason: string) =>
  post(of(exam, person, "/suspend"), { reason });
export const seen = (exam: string, person: string, flag: number) => post(of(exam, person, "/seen"), { flag });
export const helped = (exam: string, person: string) => post(of(exam, person, "/helped"));
export const takeUp = (exam: string, person: string, reason: string) =>
  post(of(exam, person, "/take_up"), { reason });
export const confirm = (exam: string, person: string) => post(of(exam, person, "/confirm"));
export const listen = (exam: string, person: string, on: boolean) =>
  post(of(exam, person, "/listen"), { on });
export const watchBy = (exam: string, proctor: string, people: readonly string[]) =>
  post(at(exam, "/watchers"), { proctor, people });
export const shareOut = (exam: string) => post(at(exam, "/watchers/share"));
export const duty = (exam: string, on: boolean) => post(at(exam, "/duty"), { on });
export const relieve = (exam: string, person: string) => post(at(exam, "/relief"), { person });
