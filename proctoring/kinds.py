"""The kinds of flags: what a person should look at. A flag is a place to look, never a verdict (R14).

Each kind says which stream shows it and how long it must last. The values are the starting ones of the
house; an exam's approved rules may change them (R18), accommodations switch kinds off for one student.
"""

from typing import Literal, get_args

import msgspec

Kind = Literal[
    "absent",
    "several",
    "other_person",
    "head_away",
    "covered",
    "dark",
    "frozen",
    "loop",
    "beacon_lost",
    "beacon_stale",
    "beacon_foreign",
    "share_ended",
    "voice",
    "phone",
    "book",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Stream = Literal["webcam", "screen", "sound"]

SECOND = 1_000_000
"""Times here are microseconds of session time."""


class Threshold(msgspec.Struct, frozen=True):
    """When a condition becomes a flag.

    raise_after:  seconds for which it must hold.
    clear_after:  seconds for which it must not hold, before the flag ends.
    looks, of:    instead of a time: so many of the last `of` looks must show it. 0 for by time.
    weight:       for the order of the proctor's wall; says nothing about a student.
    """

    stream: Stream
    raise_after: float = 0.0
    clear_after: float = 3.0
    looks: int = 0
    of: int = 0
    weight: int = 1


DEFAULTS: dict[Kind, Threshold] = {
    "absent": Threshold("webcam", 10, 3, weight=3),
    "several": Threshold("webcam", 3, 3, weight=3),
    "other_person": Threshold("webcam", looks=2, of=2, weight=5),
    "head_away": Threshold("webcam", 8, 2, weight=1),
    "covered": Threshold("webcam", 5, 3, weight=3),
    "dark": Threshold("webcam", 5, 3, weight=1),
    "frozen": Threshold("webcam", 10, 3, weight=3),
    "loop": Threshold("webcam", 10, 3, weight=4),
    "beacon_lost": Threshold("screen", 5, 2, weight=3),
    "beacon_stale": Threshold("screen", 5, 2, weight=3),
    "beacon_foreign": Threshold("screen", 2, 2, weight=4),
    "share_ended": Threshold("screen", 0, 0, weight=4),
    "voice": Threshold("sound", 5, 3, weight=2),
    "phone": Threshold("webcam", looks=2, of=3, weight=4),
    "book": Threshold("webcam", looks=2, of=3, weight=2),
}

MERGE = 10.0
"""Seconds: flags of a kind that are closer than this are one."""
