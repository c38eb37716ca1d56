/** Remembers in this tab which classes somebody has said why they visit, so that a reload asks nothing. */
const KEY = "sabak.visited";
const HOURS = 12 * 3_600_000; // the server's own patience

function known(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Record<string, number>;
  } catch {
    return {};
  }
}

export function remember(lesson: string): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...known(), [lesson]: Date.now() }));
  } catch {
    // A browser without storage asks again.
  }
}

export function remembers(lesson: string): boolean {
  return Date.now() - (known()[lesson] ?? 0) < HOURS;
}
