/** The counters that a person can use, their words and units; and how a number is written. */
import type { Key, Language } from "../../i18n";

export type Unit = "count" | "bytes" | "seconds" | "age";

export interface Figure {
  name: string;
  words: Key;
  unit: Unit;
}

export const FIGURES: readonly Figure[] = [
  { name: "sabak_live_classes", words: "system.figure_classes", unit: "count" },
  { name: "sabak_live_seats", words: "system.figure_seats", unit: "count" },
  { name: "sabak_websockets", words: "system.figure_sockets", unit: "count" },
  { name: "sabak_live_media_workers", words: "system.figure_workers", unit: "count" },
  { name: "sabak_live_media_lost_total", words: "system.figure_lost", unit: "count" },
  { name: "sabak_http_requests_total", words: "system.figure_requests", unit: "count" },
  { name: "process_start_time_seconds", words: "system.figure_uptime", unit: "age" },
  { name: "process_resident_memory_bytes", words: "system.figure_memory", unit: "bytes" },
];

const UNITS: Record<Language, { mib: string; hour: string; minute: string; second: string }> = {
  ky: { mib: "МБ", hour: "саат", minute: "мүн", second: "сек" },
  ru: { mib: "МБ", hour: "ч", minute: "мин", second: "с" },
  en: { mib: "MB", hour: "h", minute: "min", second: "s" },
};

/** A number in the form that its unit wants; `now` in ms, for ages. Pure. */
export function shown(value: number, unit: Unit, lang: Language, now = Date.now()): string {
  const words = UNITS[lang];
  if (unit === "bytes") return `${Math.round(value / 1024 / 1024)} ${words.mib}`;
  if (unit === "count") return String(Math.round(value));
  const seconds = Math.max(0, Math.round(unit === "age" ? now / 1000 - value : value));
  if (seconds < 60) return `${seconds} ${words.second}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${words.minute}`;
  return `${Math.floor(minutes / 60)} ${words.hour} ${minutes % 60} ${words.minute}`;
}
