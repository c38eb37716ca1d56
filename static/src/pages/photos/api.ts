/** The office's calls about registered photos; files and ids flow in, `ApiError` on failure. */
import { call, get, post, remove } from "../../api/client";

export interface Registered {
  person: string;
  name: string;
  login: string;
  at: string | null;
  by: string;
  objection: string;
  objected: string | null;
}

export interface Listed {
  photos: Registered[];
  students: number;
  registered: number;
  objected: number;
  /** A photo goes by itself so long after it was put in place. */
  keep_days: number;
}

export interface Named {
  file: string;
  person: string;
  name: string;
  registered: boolean;
}

export type Show = "all" | "missing" | "objected";

const of = (person: string): string => `/users/${encodeURIComponent(person)}/photo`;

export const listPhotos = (text: string, show: Show, signal?: AbortSignal) =>
  get<Listed>("/photos", { text, show }, signal);
export const nameFiles = (names: readonly string[]) => post<{ files: Named[] }>("/photos/names", { names });
export const erasePhoto = (person: string) => remove<void>(of(person));
export const photoOf = (person: string, at: string): string =>
  `/api/v1${of(person)}?at=${encodeURIComponent(at)}`;

/** As the server takes it, bytes. */
export const LARGEST = 4 * 1024 * 1024;

/** Put a photo in place; `details.problem` of the error says what is wrong with it. */
export const putPhoto = (person: string, file: Blob) => call<void>("PUT", of(person), file);
