"""What the page of retention gets: shapes, and how they are made from the tables."""

from datetime import date, datetime
from typing import Any, cast

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.plan.names import names_of
from server.plan.tables import Lesson
from server.plan.views import local
from server.retention.kinds import Language
from server.retention.plan import Terms
from server.retention.registry import registered
from server.retention.tables import RetentionHold, RetentionRequest, RetentionRun, RetentionTerm

LISTED = 100


class TermView(msgspec.Struct):
    """`days` of the kind now, `default` without anything set; `least` needs no protocol. `forced`: a
    request for erasure does not touch it. `author` empty: nobody has set it."""

    kind: str
    name: str
    holds: str
    days: int
    default: int
    least: int
    rule: str
    forced: bool
    reason: str = ""
    protocol: str = ""
    author: str = ""
    time: datetime | None = None


class OwnTerm(msgspec.Struct):
    """A term for one lesson's or exam's records of a kind."""

    kind: str
    lesson: str
    title: str
    days: int
    reason: str
    author: str


class HoldView(msgspec.Struct):
    """`title`: the lesson's with its day, or the person's name. `released` ends it."""

    id: str
    scope: str
    object: str
    title: str
    reason: str
    author: str
    time: datetime
    released: datetime | None
    released_by: str
    release_reason: str


class RunView(msgspec.Struct):
    """`counts` by kind: items, files, bytes, rows, entries, held."""

    as_of: date
    trigger: str
    time: datetime
    counts: dict[str, dict[str, int]]
    problems: list[str]


class ErasureView(msgspec.Struct):
    """`removed`: how many items of each kind went; `kept`: kinds that rules or holds keep."""

    id: str
    person: str
    name: str
    reason: str
    author: str
    time: datetime
    state: str
    answer: str
    decided_by: str
    decided: datetime | None
    removed: dict[str, int]
    kept: list[str]


class RetentionView(msgspec.Struct):
    """`decides`: the asker may decide requests. `hour`: of the nightly run."""

    kinds: list[TermView]
    terms: list[OwnTerm]
    holds: list[HoldView]
    runs: list[RunView]
    requests: list[ErasureView]
    hour: int
    decides: bool


async def view(house: House, db: AsyncSession, language: str, decides: bool) -> RetentionView:
    terms = Terms(await db.scalars(select(RetentionTerm)))
    holds = list(
        await db.scalars(
            select(RetentionHold)
            .order_by(RetentionHold.released.is_not(None), RetentionHold.time.desc())
            .limit(LISTED)
        )
    )
    runs = await db.scalars(select(RetentionRun).order_by(RetentionRun.n.desc()).limit(20))
    requests = list(
        await db.scalars(select(RetentionRequest).order_by(RetentionRequest.time.desc()).limit(LISTED))
    )
    people = {row.author for row in terms.rows.values()}
    for hold in holds:
        people |= {hold.author, hold.released_by, hold.object}
    for request in requests:
        people |= {request.person, request.author, request.decided_by}
    names = await names_of(db, people)
    lessons = {hold.object for hold in holds if hold.scope != "person"} | {
        key for _, key in terms.rows if key
    }
    titles = await _titles(house, db, lessons)
    return RetentionView(
        kinds=[_term(house, terms, kind.name, language, names) for kind in registered()],
        terms=[
            OwnTerm(
                row.kind, row.lesson, titles.get(row.lesson, row.lesson), row.days, row.reason,
                names.get(row.author, ""),
            )
            for row in terms.rows.values()
            if row.lesson
        ],
        holds=[
            HoldView(
                row.id, row.scope, row.object,
                (names if row.scope == "person" else titles).get(row.object, row.object), row.reason,
                names.get(row.author, ""), local(house, row.time), _at(house, row.released),
                names.get(row.released_by, ""), row.release_reason,
            )
            for row in holds
        ],
        runs=[
            RunView(row.as_of, row.trigger, local(house, row.time), row.counts, list(row.problems))
            for row in runs
        ],
        requests=[erasure_view(house, row, names) for row in requests],
        hour=house.settings.retention_hour,
        decides=decides,
    )  # fmt: skip


def erasure_view(house: House, row: RetentionRequest, names: dict[str, str]) -> ErasureView:
    return ErasureView(
        row.id, row.person, names.get(row.person, row.person), row.reason, names.get(row.author, ""),
        local(house, row.time), row.state, row.answer, names.get(row.decided_by, ""),
        _at(house, row.decided), dict(row.removed), list(row.kept),
    )  # fmt: skip


def _term(house: House, terms: Terms, name: str, language: str, names: dict[str, str]) -> TermView:
    kind = next(each for each in registered() if each.name == name)
    words, row = kind.words[cast(Language, language)], terms.rows.get((name, ""))
    more: dict[str, Any] = {}
    if row is not None:
        more = {
            "reason": row.reason, "protocol": row.protocol, "author": names.get(row.author, ""),
            "time": local(house, row.time),
        }  # fmt: skip
    return TermView(
        name,
        words.name,
        words.holds,
        terms.general(kind),
        kind.days,
        kind.least,
        kind.rule,
        kind.forced,
        **more,
    )


def _at(house: House, time: int | None) -> datetime | None:
    return None if time is None else local(house, time)


async def _titles(house: House, db: AsyncSession, lessons: set[str]) -> dict[str, str]:
    rows = await db.execute(select(Lesson.id, Lesson.title, Lesson.starts).where(Lesson.id.in_(lessons)))
    return {row.id: f"{row.title}, {local(house, row.starts):%d.%m.%Y %H:%M}" for row in rows}
