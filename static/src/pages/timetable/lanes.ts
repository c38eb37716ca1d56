/**
 * Lessons of a day side by side where they overlap. Minutes of the day flow in; for each lesson a lane and
 * the number of lanes of its bunch flow out. Pure.
 */
export interface Span {
  from: number; // minutes since midnight
  until: number;
}

export interface Placed<T> {
  item: T;
  lane: number;
  lanes: number;
}

export function inLanes<T extends Span>(items: readonly T[]): Placed<T>[] {
  const sorted = [...items].sort((a, b) => a.from - b.from || b.until - a.until);
  const out: Placed<T>[] = [];
  let bunch: Placed<T>[] = [];
  let ends: number[] = [];
  const close = (): void => {
    for (const placed of bunch) placed.lanes = ends.length;
    out.push(...bunch);
    bunch = [];
    ends = [];
  };
  for (const item of sorted) {
    if (ends.length > 0 && item.from >= Math.max(...ends)) close();
    const free = ends.findIndex(end => end <= item.from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = item.until;
    bunch.push({ item, lane, lanes: 0 });
  }
  close();
  return out;
}

/** Whole hours that hold every span, at least 8 to 18. */
export function hoursOf(items: readonly Span[]): [number, number] {
  const first = Math.min(8, ...items.map(({ from }) => Math.floor(from / 60)));
  const last = Math.max(18, ...items.map(({ until }) => Math.ceil(until / 60)));
  return [first, Math.min(24, last)];
}
