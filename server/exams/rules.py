"""The exam rules: an approved document that says what is watched, with which thresholds (R18).

Pure: what somebody writes comes in, a checked document comes out; a document and a student's
accommodations come in, the thresholds of the watch come out.
"""

from collections.abc import Collection
from typing import Annotated, Any

import msgspec

from proctoring.kinds import DEFAULTS, KINDS, Kind, Stream, Threshold
from server.errors import ApiError

Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
Days = Annotated[int, msgspec.Meta(ge=1, le=60)]
Few = Annotated[int, msgspec.Meta(ge=0, le=20)]
Aid = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

EXPECTED_OFF: frozenset[Kind] = frozenset({"voice"})
"""Kinds that are off until rules turn them on: sound is not named by the law (R13)."""


class KindRule(msgspec.Struct, frozen=True):
    """One line: is this kind judged, and when does it become a flag."""

    kind: Kind
    on: bool
    raise_after: Seconds = 0
    clear_after: Seconds = 3
    looks: Few = 0
    of: Few = 0


class RulesBody(msgspec.Struct, frozen=True):
    """The content of a document. `keep_days`: how long recordings of such an exam are kept; `breaks` of
    `break_minutes` each that a student may take."""

    kinds: tuple[KindRule, ...]
    sound: bool = False
    breaks: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    break_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    aids: tuple[Aid, ...] = ()
    room_pan: bool = False
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 180
    away_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 20
    """How long the clock stands still, in all, while a student's link is lost."""
    review_days: Days = 5
    """After the exam: what nobody has looked at by then holds no grade."""
    statement_days: Days = 3
    """After the notice, in which the student is heard."""
    appeal_days: Days = 5
    """After the finding."""
    quorum: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    """Members of the commission who sign a finding."""


class KindView(msgspec.Struct, frozen=True):
    kind: Kind
    on: bool
    stream: Stream
    raise_after: float
    clear_after: float
    looks: int
    of: int


def starting() -> RulesBody:
    """The house's starting values, to be looked at by people before they are approved."""
    return RulesBody(tuple(_line(kind, DEFAULTS[kind]) for kind in KINDS))


def _line(kind: Kind, threshold: Threshold) -> KindRule:
    on = kind not in EXPECTED_OFF
    return KindRule(
        kind, on, threshold.raise_after, threshold.clear_after, threshold.looks, threshold.of
    )  # fmt: skip


def checked(body: RulesBody) -> RulesBody:
    """The document with every kind, in the house's order.

    Raises:
        ApiError: 422 `exam_rules.kinds` (one is named twice, or looks cannot be reached),
            `exam_rules.sound` (voices are judged, but no sound is recorded).
    """
    lines = {line.kind: line for line in body.kinds}
    if len(lines) != len(body.kinds) or any(line.looks > line.of for line in body.kinds):
        raise ApiError("exam_rules.kinds", 422)
    whole = tuple(lines.get(kind) or _off(kind) for kind in KINDS)
    if lines.get("voice") is not None and lines["voice"].on and not body.sound:
        raise ApiError("exam_rules.sound", 422)
    return msgspec.structs.replace(body, kinds=whole)


def _off(kind: Kind) -> KindRule:
    return msgspec.structs.replace(_line(kind, DEFAULTS[kind]), on=False)


def read(data: Any) -> RulesBody:
    """From the store. A document that an older house wrote lacks kinds that came later: they are off."""
    return checked(msgspec.convert(data, RulesBody, strict=False))


def views(body: RulesBody) -> list[KindView]:
    return [
        KindView(
            line.kind, line.on, DEFAULTS[line.kind].stream, line.raise_after, line.clear_after, line.looks,
            line.of,
        )
        for line in body.kinds
    ]  # fmt: skip


def thresholds(body: RulesBody) -> dict[Kind, Threshold]:
    """What the watch follows."""
    return {
        line.kind: Threshold(
            DEFAULTS[line.kind].stream, line.raise_after, line.clear_after, line.looks, line.of,
            DEFAULTS[line.kind].weight,
        )
        for line in body.kinds
    }  # fmt: skip


def off(body: RulesBody, accommodations: Collection[str] = (), *, in_class: bool = False) -> set[Kind]:
    """Kinds that are not judged for a student. In a computer class others speak (R16)."""
    found: set[Kind] = {line.kind for line in body.kinds if not line.on}
    found |= {kind for kind in KINDS if kind in accommodations}
    if in_class:
        found.add("voice")
    return found


def watched(body: RulesBody, accommodations: Collection[str] = (), *, in_class: bool = False) -> list[Kind]:
    """Kinds that are judged for a student, in the house's order."""
    hidden = off(body, accommodations, in_class=in_class)
    return [kind for kind in KINDS if kind not in hidden]
