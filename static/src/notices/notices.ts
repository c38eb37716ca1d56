/**
 * How many notices are unread, live: a WebSocket of its own for the pages that are no class. When the number
 * grows the new ones are fetched, said in the page and, where the person has switched that on for this
 * device, shown by the browser. No outside push service is used: a closed page shows nothing, mail does.
 */
import { effect, signal } from "@preact/signals";
import { get, post } from "../api/client";
import { SOCKET_PACE, wait } from "../media/backoff";
import { loadMe, me } from "../state/me";
import { toast } from "../ui/Toast";

export interface Notice {
  id: string;
  kind: string;
  title: string;
  text: string;
  path: string;
  time: string;
  read: boolean;
}

export interface NoticePage {
  items: Notice[];
  unread: number;
  more: boolean;
}

const MEMORY = "sabak.notify";
const REFUSED = 4403;
const STEADY = 10_000; // ms a connection stood after which the next loss is the first again
const AT_ONCE = 3; // notices said one by one; of more only the newest

export const unread = signal(0);
/** Counts up whenever the list may have changed. */
export const changed = signal(0);

export const listNotices = (before = "", abort?: AbortSignal): Promise<NoticePage> =>
  get<NoticePage>("/me/notices", { before }, abort);

export const markRead = (ids: readonly string[]): Promise<void> => post("/me/notices/read", { ids });

// --- the browser's own notifications --------------------------------------------------------------

export type DeviceState = "on" | "off" | "denied" | "unsupported";

function memory(): string | null {
  try {
    return localStorage.getItem(MEMORY);
  } catch {
    return null;
  }
}

/** Whether this device shows notices by itself. Phones' browsers mostly do not let pages do so. */
export function deviceState(): DeviceState {
  if (typeof Notification === "undefined" || !window.isSecureContext) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && memory() === "on" ? "on" : "off";
}

/** Called by the person's click only; the browser asks them. */
export async function switchDevice(on: boolean): Promise<DeviceState> {
  if (on && typeof Notification !== "undefined") await Notification.requestPermission();
  try {
    localStorage.setItem(MEMORY, on ? "on" : "off");
  } catch {
    // No storage: it holds until the page is closed at most.
  }
  return deviceState();
}

function show(notice: Notice): void {
  try {
    const shown = new Notification(notice.title, { body: notice.text, tag: notice.id, icon: "/icon.svg" });
    shown.onclick = () => {
      window.focus();
      location.assign(notice.path || "/notices");
    };
  } catch {
    // Chrome on Android knows the word but wants a push service behind it.
  }
}

// --- the socket -----------------------------------------------------------------------------------

const told = new Set<string>();

/** Say what is new: the notices nobody has been told of since the page was opened. */
async function tellNew(first: boolean): Promise<void> {
  const { items } = await listNotices();
  const fresh = items.filter(each => !each.read && !told.has(each.id));
  for (const each of items) told.add(each.id);
  if (first) return;
  const here = document.visibilityState === "visible" && document.hasFocus();
  for (const notice of fresh.slice(0, AT_ONCE).reverse()) {
    if (here) toast(notice.title);
    else if (deviceState() === "on") show(notice);
  }
}

function address(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/notices`;
}

/** Stay connected until the returned function is called. */
export function followNotices(make: (url: string) => WebSocket = url => new WebSocket(url)): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let opened = 0;
  let first = true;
  const open = (): void => {
    const own = (socket = make(address()));
    opened = performance.now();
    own.onmessage = event => {
      const count = countOf(event.data);
      if (count === undefined) return;
      const more = count > unread.value;
      unread.value = count;
      changed.value += 1;
      if (first || more) void tellNew(first).catch(() => undefined);
      first = false;
    };
    own.onclose = event => {
      if (socket !== own) return;
      socket = null;
      if (event.code === REFUSED) {
        void loadMe();
        return;
      }
      if (performance.now() - opened > STEADY) tries = 0;
      tries += 1;
      timer = setTimeout(open, wait(tries + 1, { ...SOCKET_PACE, most: 30_000 }, Math.random()));
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    const old = socket;
    socket = null;
    old?.close();
  };
}

function countOf(data: unknown): number | undefined {
  try {
    const message = JSON.parse(String(data)) as { type?: unknown; unread?: unknown };
    return message.type === "notices" && typeof message.unread === "number" ? message.unread : undefined;
  } catch {
    return undefined;
  }
}

/** Forget the last person's notices when somebody else logs in. */
effect(() => {
  if (!me.value) {
    unread.value = 0;
    told.clear();
  }
});
