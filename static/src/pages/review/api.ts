/** The calls of the review, one function each: ids and values flow in, the server's shapes flow out. */
import { get, post } from "../../api/client";
import type { CaseView, ItemView, OutcomeView, ReviewCard, ReviewView, Verdict } from "./types";

const safe = encodeURIComponent;
export const reviewPath = (exam: string, rest = ""): string => `/exams/${safe(exam)}/review${rest}`;
const item = (exam: string, key: string, rest = ""): string => reviewPath(exam, `/items/${safe(key)}${rest}`);
export const casePath = (exam: string, person: string, rest = ""): string =>
  reviewPath(exam, `/cases/${safe(person)}${rest}`);
const outcome = (exam: string, rest = ""): string => `/exams/${safe(exam)}/outcome${rest}`;

export const listReviews = (signal?: AbortSignal) => get<{ exams: ReviewCard[] }>("/reviews", {}, signal);
export const readReview = (exam: string, signal?: AbortSignal) =>
  get<ReviewView>(reviewPath(exam), {}, signal);
export const readItem = (exam: string, key: string, signal?: AbortSignal) =>
  get<ItemView>(item(exam, key), {}, signal);
export const giveLook = (exam: string, key: string, verdict: Verdict, note: string, seconds: number) =>
  post<ItemView>(item(exam, key, "/look"), { verdict, note, seconds });
export const recuseFrom = (exam: string, key: string, reason: string) =>
  post<void>(item(exam, key, "/recuse"), { reason });
export const readCase = (exam: string, person: string, signal?: AbortSignal) =>
  get<CaseView>(casePath(exam, person), {}, signal);
export const stepCase = (exam: string, person: string, step: string, body: Record<string, string> = {}) =>
  post<CaseView>(casePath(exam, person, `/${step}`), body);
export const recuseCase = (exam: string, person: string, reason: string) =>
  post<void>(casePath(exam, person, "/recuse"), { reason });
export const readOutcome = (exam: string, signal?: AbortSignal) =>
  get<OutcomeView>(outcome(exam), {}, signal);
export const say = (exam: string, what: "statement" | "appeal", text: string) =>
  post<OutcomeView>(outcome(exam, `/${what}`), { text });
