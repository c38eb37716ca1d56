/**
 * Dates and times as people write them. ISO 8601 strings flow in, short texts in the current language
 * and the university's time zone flow out. Kyrgyz names are given here, since Chromium builds often
 * lack them and would silently answer in another language.
 */
import { signal } from "@preact/signals";
import { language, type Language } from "./index";

/** The university's IANA zone; the server names it, Bishkek until then. */
export const zone = signal("Asia/Bishkek");

const KY_MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(
  " ",
);
const KY_DAYS = "жекшемби дүйшөмбү шейшемби шаршемби бейшемби жума ишемби".split(" ");
const KY_SHORT_DAYS = "жк дш шш шр бш жм иш".split(" ");

export interface Parts {
  year: number;
  month: number; // 1-12
  day: number; // 1-31
  weekday: number; // 0 is Sunday
  hour: number;
  minute: number;
}

const makers = new Map<string, Intl.DateTimeFormat>();
function maker(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options);
  let made = makers.get(key);
  if (!made) makers.set(key, (made = new Intl.DateTimeFormat(lang, options)));
  return made;
}

/** The wall-clock parts of a moment in a zone. */
export function partsIn(moment: Date, inZone: string): Parts {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: inZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  };
  const found: Record<string, number> = {};
  for (const part of maker("en-US", options).formatToParts(moment)) found[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = found;
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

const two = (n: number): string => String(n).padStart(2, "0");

/** `09:30` in the university's zone. */
export function clock(iso: string): string {
  const parts = partsIn(new Date(iso), zone.value);
  return `${two(parts.hour)}:${two(parts.minute)}`;
}

/** `2026-09-02` of a moment in the university's zone: the form the API takes. */
/** Day and month as two numbers, such as 04.09, for narrow columns. */
export function shortDay(iso: string): string {
  const { day, month } = partsIn(new Date(iso), zone.value);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(day)}.${two(month)}`;
}

export function isoDay(moment: Date): string {
  const parts = partsIn(moment, zone.value);
  return `${parts.year}-${two(parts.month)}-${two(parts.day)}`;
}

/** Move an ISO day by whole days; no zone is involved. */
export function addDays(day: string, days: number): string {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Monday of the week of an ISO day. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

/** An ISO day as people say it: `2-сентябрь, шаршемби`, `среда, 2 сентября`, `Wednesday, 2 September`. */
export function longDay(day: string, lang: Language = language.value): string {
  const moment = new Date(`${day}T12:00:00Z`);
  if (lang === "ky") {
    return `${moment.getUTCDate()}-${KY_MONTHS[moment.getUTCMonth()]}, ${KY_DAYS[moment.getUTCDay()]}`;
  }
  const options: Intl.DateTimeFormatOptions = {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
  };
  return maker(lang === "en" ? "en-GB" : lang, options).format(moment);
}

/** `2-сентябрь`, `2 сентября`, `2 September`. */
export function dayMonth(day: string, lang: Language = language.value): string {
  const moment = new Date(`${day}T12:00:00Z`);
  if (lang === "ky") return `${moment.getUTCDate()}-${KY_MONTHS[moment.getUTCMonth()]}`;
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC", day: "numeric", month: "long" };
  return maker(lang === "en" ? "en-GB" : lang, options).format(moment);
}

/** Day, month and year in numbers: 04.09.2026. For what lies years apart. */
export function fullDay(iso: string): string {
  return `${shortDay(iso)}.${partsIn(new Date(iso), zone.value).year}`;
}

/** A month with its year: `2026-жыл, сентябрь`, `сентябрь 2026 г.`, `September 2026`. */
export function monthYear(day: string, lang: Language = language.value): string {
  const moment = new Date(`${day}T12:00:00Z`);
  if (lang === "ky") return `${moment.getUTCFullYear()}-жыл, ${KY_MONTHS[moment.getUTCMonth()]}`;
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC", month: "long", year: "numeric" };
  return maker(lang === "en" ? "en-GB" : lang, options).format(moment);
}

/** Name of a weekday, 0 is Sunday. */
export function weekdayName(
  weekday: number,
  form: "long" | "short",
  lang: Language = language.value,
): string {
  if (lang === "ky") return (form === "long" ? KY_DAYS : KY_SHORT_DAYS)[weekday] ?? "";
  const sunday = new Date(Date.UTC(2026, 0, 4 + weekday, 12));
  return maker(lang === "en" ? "en-GB" : lang, { timeZone: "UTC", weekday: form }).format(sunday);
}

/** With a capital first letter, for standing alone. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** A moment as day and time: `2-сентябрь, 09:30`. */
export function dayAndTime(iso: string): string {
  return `${dayMonth(isoDay(new Date(iso)))}, ${clock(iso)}`;
}

/** Whole minutes between two moments, rounded up; negative when `to` is before `from`. */
export function minutesBetween(from: string | number, to: string | number): number {
  return Math.ceil((new Date(to).getTime() - new Date(from).getTime()) / 60_000);
}

/**
 * The moment of a wall-clock time in a zone, as ISO 8601 in UTC. A time that the clocks skip lands just
 * after the gap, as on the server.
 */
export function momentOf(day: string, time: string, inZone: string = zone.value): string {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const offsetAt = (at: number): number => {
    const parts = partsIn(new Date(at), inZone);
    return (
      Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) -
      Math.floor(at / 60_000) * 60_000
    );
  };
  const first = wanted - offsetAt(wanted);
  const second = wanted - offsetAt(first);
  return new Date(offsetAt(second) === offsetAt(first) ? second : Math.max(first, second)).toISOString();
}

/** Minutes since midnight in the university's zone. */
export function minuteOfDay(iso: string): number {
  const parts = partsIn(new Date(iso), zone.value);
  return parts.hour * 60 + parts.minute;
}
