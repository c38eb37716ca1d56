/**
 * The one way to the server's HTTP API. A method, a path and a body flow in; the answer's JSON flows out,
 * or an `ApiError` with the server's stable code. Writes carry the CSRF value; reads are tried again when
 * the network or a restarting server fails them. No rule of the university lives here.
 */
import { within } from "./abort";
const RETRIES = [300, 1_000, 2_500]; // ms between tries of a GET; a server restart takes a few seconds
const RETRY_STATUS = new Set([502, 503, 504]);
const SMALL = 4096; // characters
const PATIENCE = 20_000; // ms until an unanswered call counts as lost
const FILE_PATIENCE = 300_000; // ms, for a file over a weak link
const BYTES = "application/octet-stream";

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** Stable code of the server, or `net.offline`, `net.slow`, `net.garbled`. */
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message || code);
  }
}

export type Query = Record<string, string | number | undefined>;

const SESSION_GONE = new Set(["login.required", "login.expired"]);
const UNSETTLED = new Set(["login.change_password", "login.enrol_otp", "login.consent"]);

/** Who listens for "nobody is signed in any more" and "the account must settle something first". */
interface Listener {
  lost: () => void;
  unsettled: () => void;
}
let listener: Listener | undefined;
/** Hears of every call that failed, for the diagnostics of support. */
let failed: ((error: unknown, call: string) => void) | undefined;
export function onFailure(heard: (error: unknown, call: string) => void): void {
  failed = heard;
}
export function onStanding(heard: Listener): void {
  listener = heard;
}

function hear(error: unknown): void {
  if (!(error instanceof ApiError)) return;
  if (SESSION_GONE.has(error.code)) listener?.lost();
  if (UNSETTLED.has(error.code)) listener?.unsettled();
}

/** The value of a cookie in a `document.cookie` text. Pure. */
export function readCookie(cookies: string, name: string): string {
  for (const part of cookies.split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decodeURIComponent(value.join("="));
  }
  return "";
}

export function withQuery(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()}`;
}

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as {
      error?: { code?: unknown; message?: unknown; details?: unknown };
    };
    const { code, message, details } = body.error ?? {};
    if (typeof code === "string") {
      const facts = details && typeof details === "object" ? (details as Record<string, unknown>) : {};
      return new ApiError(response.status, code, typeof message === "string" ? message : "", facts);
    }
  } catch {
    // Not JSON: a proxy answered in the server's place.
  }
  return new ApiError(response.status, `http.${response.status}`, "");
}

async function ask(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang || "ky",
  };
  const file = body instanceof Blob ? body : undefined;
  if (body !== undefined) headers["Content-Type"] = file ? file.type || BYTES : "application/json";
  if (method !== "GET") headers["X-Sabak-CSRF"] = readCookie(document.cookie, "sabak_csrf");
  const until = within(file ? FILE_PATIENCE : PATIENCE, signal);
  const text = body === undefined || file ? null : JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: "same-origin",
      body: file ?? text,
      // A small write goes on when the page is left; browsers allow 64 kB of such at a time.
      keepalive: text !== null && text.length < SMALL,
      signal: until,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, until.aborted ? "net.slow" : "net.offline", "");
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function once<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(method, path, body, signal);
  if (response.status === 204) return undefined as T;
  try {
    const answer = await response.text();
    return (answer ? JSON.parse(answer) : undefined) as T;
  } catch {
    throw new ApiError(response.status, "net.garbled", "");
  }
}

function worthAnotherTry(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || RETRY_STATUS.has(error.status));
}

/** Ask once, or for GET up to four times. Throws `ApiError`, or the abort of `signal`. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await once<T>(method, path, body, signal);
    } catch (error) {
      hear(error);
      failed?.(error, `${method} ${path}`);
      const pause = RETRIES[tried];
      if (method !== "GET" || pause === undefined || !worthAnotherTry(error)) throw error;
      await wait(pause);
      if (signal?.aborted) throw error;
    }
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  call<T>("GET", withQuery(path, query), undefined, signal);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>("POST", path, body);
/** Send a file as it is. */
export const upload = <T>(path: string, query: Query, file: Blob): Promise<T> =>
  call<T>("POST", withQuery(path, query), file);
/** Ask for a page to be printed. */
export async function sheet(path: string, body: unknown): Promise<string> {
  try {
    return await (await ask("POST", path, body)).text();
  } catch (error) {
    hear(error);
    throw error;
  }
}
export const put = <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body);
export const remove = <T>(path: string): Promise<T> => call<T>("DELETE", path);
