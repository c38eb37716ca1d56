"""Stretches of a recording as unions of half-open ranges of milliseconds. Pure."""

from collections.abc import Iterable

Range = tuple[int, int]

JOINED = 250
"""Milliseconds: stretches this close are one. A page says every few seconds what it has played."""


def union(ranges: Iterable[Range], joined: int = JOINED) -> list[Range]:
    """The same time as sorted ranges that do not touch."""
    out: list[Range] = []
    for begin, end in sorted((begin, end) for begin, end in ranges if end > begin):
        if out and begin <= out[-1][1] + joined:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def total(ranges: Iterable[Range]) -> int:
    """Milliseconds of a union."""
    return sum(end - begin for begin, end in ranges)
