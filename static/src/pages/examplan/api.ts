/** What planning an exam asks and says, one call each; ids and values flow in, `ApiError` on failure. */
import { ApiError, call, get, patch, post, readCookie } from "../../api/client";
import type { ExamView, Question, RulesView, SeatWhy } from "../../exam/types";
import type { Proctor } from "../wall/types";

export type Rules = RulesView;

export interface Settings {
  minutes: number;
  entry: number;
  content: "sheet" | "page";
  address: string;
  own_tab: boolean;
  questions: Question[];
  rules: string;
  identity: boolean;
  aids: string[];
}

export interface Candidate {
  person: string;
  name: string;
  group: string;
  extra: number;
  off: string[];
  place: "home" | "class";
  seat: string;
  note: string;
  equipment: string;
  /** Why a seat in a computer class was asked for; empty for not. */
  asked: SeatWhy | "";
  room: string;
  /** Who is in the room, by id. */
  proctor: string;
}

export type CandidateChange = Partial<
  Pick<Candidate, "extra" | "off" | "place" | "seat" | "note" | "room" | "proctor">
> & {
  reason: string;
};

export type RulesBody = Pick<
  Rules,
  "title" | "sound" | "breaks" | "break_minutes" | "away_minutes" | "aids" | "room_pan" | "keep_days"
> & { kinds: Omit<RulesView["kinds"][number], "stream">[] };

const at = (exam: string, rest = ""): string => `/exams/${encodeURIComponent(exam)}${rest}`;
const of = (rules: string, rest = ""): string => `/exam-rules/${encodeURIComponent(rules)}${rest}`;

export const readExam = (exam: string, signal?: AbortSignal) => get<ExamView>(at(exam), {}, signal);
export const saveExam = (exam: string, settings: Settings) => call<ExamView>("PUT", at(exam), settings);
export const readCandidates = (exam: string, signal?: AbortSignal) =>
  get<{ candidates: Candidate[] }>(at(exam, "/candidates"), {}, signal);
export const changeCandidate = (exam: string, person: string, change: CandidateChange) =>
  patch<Candidate>(at(exam, `/candidates/${encodeURIComponent(person)}`), change);
export const readProctors = (exam: string, signal?: AbortSignal) =>
  get<{ proctors: Proctor[] }>(at(exam, "/proctors"), {}, signal);
export const changeProctor = (exam: string, person: string, on: boolean) =>
  post<{ proctors: Proctor[] }>(at(exam, "/proctors"), { person, on });

export const listRules = (signal?: AbortSignal) => get<{ rules: Rules[] }>("/exam-rules", {}, signal);
export const readRules = (rules: string, signal?: AbortSignal) => get<Rules>(of(rules), {}, signal);
export const draftRules = (title: string, base: string) => post<Rules>("/exam-rules", { title, base });
export const saveRules = (rules: string, body: RulesBody) => call<Rules>("PUT", of(rules), body);
export const approveRules = (rules: string, protocol: string, date: string) =>
  post<Rules>(of(rules, "/approve"), { protocol, date });

/** Send the question sheet (PDF) and tell how far it is, 0 to 1: fetch says nothing of that, XHR does. */
export function sendSheet(
  exam: string,
  file: Blob,
  progress: (share: number) => void,
): Promise<{ pages: number }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${at(exam, "/sheet")}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", document.documentElement.lang || "ky");
    request.setRequestHeader("Content-Type", "application/pdf");
    request.setRequestHeader("X-Sabak-CSRF", readCookie(document.cookie, "sabak_csrf"));
    request.upload.onprogress = event => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = request.onabort = () => reject(new ApiError(0, "net.offline", ""));
    request.onload = () => {
      try {
        const body = JSON.parse(request.responseText) as {
          pages: number;
          error?: { code?: string; message?: string };
        };
        if (request.status < 300) resolve(body);
        else
          reject(
            new ApiError(
              request.status,
              body.error?.code ?? `http.${request.status}`,
              body.error?.message ?? "",
            ),
          );
      } catch {
        reject(
          new ApiError(request.status, request.status < 300 ? "net.garbled" : `http.${request.status}`, ""),
        );
      }
    };
    request.send(file);
  });
}
