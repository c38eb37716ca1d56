"""The watch over one attempt: conditions of every kind in, flags and minutes that could not be judged out.

Pure. Breaks and accommodations switch kinds off; a kind that is off leaves no trace in flags. Flags of a
kind that are closer than `MERGE` are one: the later reopens the earlier.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from proctoring.kinds import DEFAULTS, KINDS, MERGE, SECOND, Kind, Stream, Threshold
from proctoring.rules.tracker import PATIENCE, Tracker


class Flag(msgspec.Struct):
    """An episode to look at. `number` is its own within the attempt; `end` is None while it lasts."""

    number: int
    kind: Kind
    begin: int
    end: int | None = None


class Watch:
    """One attempt. `thresholds` replaces the house's own; `off`: kinds that are never judged here."""

    def __init__(
        self, thresholds: Mapping[Kind, Threshold] | None = None, off: Collection[Kind] = ()
    ) -> None:
        rules = {**DEFAULTS, **(thresholds or {})}
        self.flags: list[Flag] = []
        self.unjudged: dict[Stream, int] = {}
        """Microseconds of each stream in which nothing could be said."""
        self._off = frozenset(off)
        self._paused = False
        self._trackers = {kind: Tracker(rules[kind]) for kind in KINDS if kind not in self._off}
        self._standing: dict[Kind, Flag] = {}
        self._looked: dict[Stream, tuple[int, bool]] = {}

    def see(self, now: int, conditions: Mapping[Kind, bool | None]) -> list[Flag]:
        """One look: each condition that was judged with it. Returns flags that began, reopened or ended."""
        if self._paused:
            return []
        changed = [
            self._one(now, kind, holds) for kind, holds in conditions.items() if kind in self._trackers
        ]
        self._count(now, conditions)
        return [flag for flag in changed if flag is not None]

    def pause(self, now: int) -> list[Flag]:
        """A break begins: standing flags end, and nothing is judged until `resume`."""
        self._paused = True
        self._looked.clear()
        return self._end_all(now)

    def resume(self) -> None:
        self._paused = False

    def finish(self, now: int) -> list[Flag]:
        """The attempt is over. Returns the flags that were still standing."""
        return self._end_all(now)

    def _one(self, now: int, kind: Kind, holds: bool | None) -> Flag | None:
        tracker = self._trackers[kind]
        ended = tracker.see(now, holds)
        standing = self._standing.get(kind)
        if ended is not None and standing is not None:
            standing.end = ended
            del self._standing[kind]
            return standing
        if tracker.begin is not None and standing is None:
            return self._begin(kind, tracker.begin)
        return None

    def _begin(self, kind: Kind, begin: int) -> Flag:
        last = next((flag for flag in reversed(self.flags) if flag.kind == kind), None)
        if last is not None and last.end is not None and begin - last.end < MERGE * SECOND:
            last.end = None
            flag = last
        else:
            flag = Flag(len(self.flags) + 1, kind, begin)
            self.flags.append(flag)
        self._standing[kind] = flag
        return flag

    def _end_all(self, now: int) -> list[Flag]:
        ended = []
        for kind, tracker in self._trackers.items():
            at = tracker.reset()
            flag = self._standing.pop(kind, None)
            if flag is not None:
                flag.end = min(now, at if at is not None else now)
                ended.append(flag)
        return ended

    def _count(self, now: int, conditions: Mapping[Kind, bool | None]) -> None:
        for stream in _streams(conditions):
            judged = any(
                holds is not None for kind, holds in conditions.items() if DEFAULTS[kind].stream == stream
            )
            before = self._looked.get(stream)
            if before is not None:
                at, was = before
                if not was or now - at > PATIENCE:
                    self.unjudged[stream] = self.unjudged.get(stream, 0) + now - at
            self._looked[stream] = (now, judged)


def _streams(conditions: Iterable[Kind]) -> set[Stream]:
    return {DEFAULTS[kind].stream for kind in conditions}
