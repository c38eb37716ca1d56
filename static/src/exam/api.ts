/**
 * The calls of the exam, one function each: ids and values flow in, the server's shapes flow out. Writes
 * of an attempt carry the tab that holds it. Throws `ApiError` like every call.
 */
import { ApiError, call, get, post, readCookie, remove, upload, withQuery } from "../api/client";
import type {
  Agent,
  AttemptView,
  BeaconSheet,
  BrowserEvent,
  Equipment,
  ExamCard,
  ExamView,
  KeptFile,
  Photo,
  PhotoKind,
  RulesView,
  SeatWhy,
  StepName,
} from "./types";

const path = (exam: string, rest = ""): string => `/exams/${encodeURIComponent(exam)}${rest}`;
const attempt = (exam: string, rest = ""): string => path(exam, `/attempt${rest}`);

export const listExams = (signal?: AbortSignal) =>
  get<{ exams: ExamCard[]; equipment: Equipment }>("/exams", {}, signal);
export const newRehearsal = () => post<{ id: string }>("/exams/rehearsal");
export const readExam = (exam: string, signal?: AbortSignal) => get<ExamView>(path(exam), {}, signal);
export const readRules = (rules: string, signal?: AbortSignal) =>
  get<RulesView>(`/exam-rules/${encodeURIComponent(rules)}`, {}, signal);

export const askSeat = (exam: string, why: SeatWhy) => post<unknown>(path(exam, "/seat"), { why });

export const readAttempt = (exam: string, tab: string, signal?: AbortSignal) =>
  get<AttemptView>(attempt(exam), { tab }, signal);
export const beginAttempt = (exam: string, tab: string, agent: Agent) =>
  post<AttemptView>(attempt(exam), { tab, agent });
export const takeStep = (
  exam: string,
  tab: string,
  step: StepName,
  value: string,
  detail: Record<string, string | number | boolean> = {},
) => post<AttemptView>(attempt(exam, "/steps"), { tab, step, value, detail });
export const sendPhoto = (exam: string, tab: string, kind: PhotoKind, photo: Blob) =>
  upload<{ photo: Photo; attempt: AttemptView }>(attempt(exam, `/photos/${kind}`), { tab }, photo);

export type Move = "ready" | "start" | "submit" | "break" | "back";
export const move = (exam: string, tab: string, to: Move) =>
  post<AttemptView>(attempt(exam, `/${to}`), { tab });

export const saveAnswer = (
  exam: string,
  tab: string,
  question: string,
  answer: { text: string; choice: number[]; n: number },
) =>
  call<{ n: number; saved: string }>("PUT", attempt(exam, `/answers/${encodeURIComponent(question)}`), {
    tab,
    ...answer,
  });
export const removeFile = (exam: string, tab: string, question: string, file: string) =>
  remove<void>(
    withQuery(attempt(exam, `/answers/${encodeURIComponent(question)}/files/${encodeURIComponent(file)}`), {
      tab,
    }),
  );

export const sendEvents = (exam: string, tab: string, events: BrowserEvent[]) =>
  post<{ n: number }>(attempt(exam, "/events"), { tab, events });
export const say = (exam: string, tab: string, text: string) =>
  post<unknown>(attempt(exam, "/messages"), { tab, text });
export const askHelp = (exam: string, tab: string, on: boolean) =>
  post<unknown>(attempt(exam, "/help"), { tab, on });
export const readBeacon = (exam: string) => get<BeaconSheet>(attempt(exam, "/beacon"));

/** Address of a page of the question sheet as a picture of this width. */
export const sheetPage = (exam: string, page: number, width: number): string =>
  `/api/v1${path(exam, `/sheet/${page}`)}?w=${width}`;

/** Upload a file to an answer and tell how far it is (0 to 1): fetch tells nothing of that, XHR does. */
export function sendFile(
  exam: string,
  tab: string,
  question: string,
  file: Blob,
  name: string,
  progress: (share: number) => void,
): Promise<KeptFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const where = attempt(exam, `/answers/${encodeURIComponent(question)}/files`);
    request.open("POST", `/api/v1${withQuery(where, { tab, name })}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", document.documentElement.lang || "ky");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-Sabak-CSRF", readCookie(document.cookie, "sabak_csrf"));
    request.upload.onprogress = event => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = request.onabort = () => reject(new ApiError(0, "net.offline", ""));
    request.onload = () => {
      const failed = (code: string, message = ""): void =>
        reject(new ApiError(request.status, code, message));
      try {
        const body = JSON.parse(request.responseText) as KeptFile & {
          error?: { code?: string; message?: string };
        };
        if (request.status < 300) resolve(body);
        else failed(body.error?.code ?? `http.${request.status}`, body.error?.message);
      } catch {
        failed(request.status < 300 ? "net.garbled" : `http.${request.status}`);
      }
    };
    request.send(file);
  });
}
