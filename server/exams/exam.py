"""One exam in memory: its lesson, settings, rules, and everybody's attempt."""

import asyncio
from typing import Annotated, Literal

import msgspec

from server.exams.attempt import Attempt
from server.exams.rules import RulesBody

Content = Literal["sheet", "page"]
Place = Literal["home", "class"]
MINUTE = 60_000_000

Short = Annotated[str, msgspec.Meta(max_length=200)]
QuestionId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,16}$", max_length=16)]


class Question(msgspec.Struct, frozen=True):
    """`options` of a choice; `points` at most."""

    id: QuestionId
    text: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    kind: Literal["text", "choice", "several", "file"] = "text"
    options: Annotated[tuple[Short, ...], msgspec.Meta(max_length=20)] = ()
    points: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 1


class Settings(msgspec.Struct, frozen=True):
    """`minutes` to write; `entry`: minutes before the start in which the way in is open; `address`: of the
    LMS page, `own_tab`: it opens in a tab of its own; `identity`: faces are compared."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    entry: Annotated[int, msgspec.Meta(ge=0, le=240)] = 30
    content: Content = "sheet"
    address: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^(https?://.+)?$")] = ""
    own_tab: bool = False
    questions: Annotated[tuple[Question, ...], msgspec.Meta(max_length=200)] = ()
    aids: Annotated[tuple[Short, ...], msgspec.Meta(max_length=30)] = ()
    identity: bool = True


class Candidate(msgspec.Struct, frozen=True):
    extra: int = 0
    off: tuple[str, ...] = ()
    place: Place = "home"
    seat: str = ""
    note: str = ""
    asked: str = ""
    """Why a seat in a computer class was asked for; empty for not."""
    room: str = ""
    proctor: str = ""
    """Who is in the room, by id."""

    @property
    def judged(self) -> tuple[object, ...]:
        """What of it matters to the machine that looks."""
        return self.place, self.off


ALIKE = Candidate()
"""Who has nothing of their own."""


class Facts(msgspec.Struct, frozen=True):
    """What the plan says; times in microseconds."""

    title: str
    discipline: str
    groups: tuple[str, ...]
    starts: int
    ends: int
    cancelled: bool = False


class Exam:
    """`n`: the last line that was taken in."""

    def __init__(
        self, lesson: str, facts: Facts, settings: Settings, rules_id: str, rules: RulesBody | None, *,
        pages: int = 0, rehearsal: bool = False,
    ) -> None:  # fmt: skip
        self.lesson = lesson
        self.facts = facts
        self.settings = settings
        self.rules_id = rules_id
        self.rules = rules
        self.pages = pages
        self.rehearsal = rehearsal
        self.attempts: dict[str, Attempt] = {}
        self.candidates: dict[str, Candidate] = {}
        self.duty: set[str] = set()
        """Proctors who are on."""
        self.watchers: dict[str, str] = {}
        """Which proctor looks after which examinee."""
        self.n = 0
        self.locks: dict[str, asyncio.Lock] = {}

    def lock(self, person: str) -> asyncio.Lock:
        """Held while it is decided what becomes of this person's attempt."""
        return self.locks.setdefault(person, asyncio.Lock())

    def of(self, person: str) -> Candidate:
        return self.candidates.get(person, ALIKE)

    def minutes(self, person: str) -> int:
        return self.settings.minutes + self.of(person).extra

    @property
    def opens(self) -> int:
        """When the way in opens."""
        return self.facts.starts - self.settings.entry * MINUTE

    def closes(self, person: str) -> int:
        return self.facts.ends + self.of(person).extra * MINUTE

    def state(self, now: int) -> str:
        """``draft`` (rules are missing), ``planned``, ``entry``, ``running``, ``over``."""
        if self.rules is None or self.facts.cancelled:
            return "draft"
        if now < self.opens:
            return "planned"
        if now < self.facts.starts:
            return "entry"
        writing = any(each.state in ("running", "break", "paused") for each in self.attempts.values())
        return "running" if writing or now < self.facts.ends else "over"

    def left(self, attempt: Attempt, now: int) -> int:
        """Microseconds that an examinee has left."""
        away = self.rules.away_minutes * MINUTE if self.rules is not None else 0
        return attempt.left(now, self.minutes(attempt.person), self.closes(attempt.person), away)
