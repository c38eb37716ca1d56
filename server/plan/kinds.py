"""The kinds of lessons, and what the house's rules say about each (R4, R8, R13, R15, R23).

Pure: a name goes in, a frozen row of properties comes out. Whoever asks "is this recorded?" asks here.
"""

from typing import Literal, get_args

import msgspec

LessonKind = Literal[
    "lecture",
    "seminar",
    "practical",
    "lab",
    "office_hours",
    "curator_hour",
    "consultation",
    "webinar",
    "exam",
    "defence",
    "psychologist",
    "rehearsal",
]
"""What can be planned."""

TRIAL = "trial"
"""A trial class of one person (server.trial); nobody plans one."""


class Rules(msgspec.Struct, frozen=True):
    """What a kind means.

    recorded:  a recording may exist at all; a psychologist's meeting is never recorded (R4).
    counts:    its hours count as synchronous hours of its discipline (R8).
    visitable: observers and auditors may visit it (R23). Exams and defences have their own people.
    private:   seen only by those who take part; scope of an office opens nothing.
    needs_discipline: it makes no sense without one.
    journal:   attendance is kept; what is only tried out leaves no mark.
    listed:    it stands in days, weeks and calendars.
    """

    recorded: bool = True
    counts: bool = False
    visitable: bool = True
    private: bool = False
    needs_discipline: bool = False
    journal: bool = True
    listed: bool = True


_CLASS = Rules(counts=True, needs_discipline=True)

KINDS: dict[str, Rules] = {
    "lecture": _CLASS,
    "seminar": _CLASS,
    "practical": _CLASS,
    "lab": _CLASS,
    "office_hours": Rules(),
    "curator_hour": Rules(),
    "consultation": Rules(),
    "webinar": Rules(),
    "exam": Rules(visitable=False, needs_discipline=True),
    "defence": Rules(visitable=False),
    "psychologist": Rules(recorded=False, visitable=False, private=True),
    "rehearsal": Rules(recorded=False, visitable=False, private=True, journal=False),
    TRIAL: Rules(recorded=False, visitable=False, private=True, journal=False, listed=False),
}

assert set(KINDS) == {*get_args(LessonKind), TRIAL}

PRIVATE = tuple(kind for kind, rules in KINDS.items() if rules.private)
UNLISTED = tuple(kind for kind, rules in KINDS.items() if not rules.listed)
VISITABLE = tuple(kind for kind, rules in KINDS.items() if rules.visitable)
CONTROLS = ("exam", "defence")
"""Kinds that proctors and commission members are assigned to."""
