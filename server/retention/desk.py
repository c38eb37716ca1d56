"""The desk of retention: terms, holds and requests for erasure, each with who and why in the trace."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError, ServerError
from server.house import House
from server.ids import new_id
from server.people.tables import UserRow
from server.plan.tables import Lesson
from server.retention import lock
from server.retention.plan import holds_of
from server.retention.registry import forced_kinds, kind_of, registered
from server.retention.run import remove, wipe
from server.retention.tables import RetentionHold, RetentionRequest

Scope = Literal["lesson", "exam", "person"]

EXAMS = ("exam", "defence")


async def set_term(
    house: House, actor: str, kind: str, days: int, reason: str, protocol: str = "", lesson: str = ""
) -> None:
    """Set the term of a kind, or of one lesson's or exam's records of the kind.

    Raises:
        ApiError: 404 `object.unknown`; 422 `retention.below_rules` (shorter than the rules say, without
            the protocol that decides so).
    """
    found = kind_of(kind)
    if found is None:
        raise ApiError("object.unknown", 404, kind="record kind")
    if lesson:
        async with house.store.read() as db:
            await _there(db, "lesson", lesson)
    if days < found.least and not protocol.strip():
        raise ApiError("retention.below_rules", 422, days=found.least)
    data = {
        "kind": kind, "lesson": lesson, "days": days, "reason": _words(reason), "protocol": protocol.strip(),
    }  # fmt: skip
    await house.trace.record("retention.term_set", data, actor=actor)


async def hold(house: House, actor: str, scope: Scope, object_: str, reason: str) -> str:
    """Hold everything of a lesson, an exam or a person. Returns the hold's id.

    Raises:
        ApiError: 404 `object.unknown`.
    """
    async with house.store.read() as db:
        await _there(db, scope, object_)
    key = new_id()
    data = {"hold": key, "scope": scope, "object": object_, "reason": _words(reason)}
    await house.trace.record("retention.held", data, actor=actor)
    return key


async def release(house: House, actor: str, key: str, reason: str) -> None:
    """End a hold.

    Raises:
        ApiError: 404 `object.unknown`; 409 `retention.over` (it has ended already).
    """
    async with house.store.read() as db:
        row = await db.get(RetentionHold, key)
    if row is None:
        raise ApiError("object.unknown", 404, kind="hold")
    if row.released is not None:
        raise ApiError("retention.over", 409)
    data = {"hold": key, "reason": _words(reason)}
    await house.trace.record("retention.released", data, actor=actor, key=f"released.{key}")


async def ask(house: House, actor: str, person: str, reason: str) -> str:
    """Write down that a person asks for erasure. Returns the request's id.

    Raises:
        ApiError: 404 `object.unknown`; 409 `retention.asked` (there is one that waits).
    """
    async with house.store.read() as db:
        await _there(db, "person", person)
        waiting = select(RetentionRequest.id).where(
            RetentionRequest.person == person, RetentionRequest.state == "asked"
        )
        if await db.scalar(waiting.limit(1)) is not None:
            raise ApiError("retention.asked", 409)
    key = new_id()
    data = {"request": key, "person": person, "reason": _words(reason)}
    await house.trace.record("retention.requested", data, actor=actor)
    return key


async def decide(house: House, actor: str, key: str, approve: bool, answer: str) -> RetentionRequest:
    """Decide a request. Approved, what no rule forces the university to keep goes at once; the rest is
    named in the request, and goes when its term ends.

    Raises:
        ApiError: 404 `object.unknown`; 409 `retention.decided`, `retention.held` (the person is under a
            hold), `retention.busy`; 500 `retention.failed` (a file cannot be removed).
    """
    async with house.store.read() as db:
        request = await db.get(RetentionRequest, key)
        if request is None:
            raise ApiError("object.unknown", 404, kind="request")
        if request.state != "asked":
            raise ApiError("retention.decided", 409)
        if approve and request.person in (await holds_of(db)).people:
            raise ApiError("retention.held", 409)
    removed: dict[str, int] = {}
    kept: list[str] = []
    if approve:
        removed, kept = await _erase(house, actor, request.person, key)
    data = {"request": key, "approved": approve, "answer": _words(answer), "removed": removed, "kept": kept}
    await house.trace.record("retention.decided", data, actor=actor, key=f"decided.{key}")
    async with house.store.read() as db:
        decided = await db.get(RetentionRequest, key)
    assert decided is not None
    return decided


async def _erase(house: House, actor: str, person: str, key: str) -> tuple[dict[str, int], list[str]]:
    """Erase what is a person's alone. Returns how many items of each kind went, and the kinds kept."""
    removed, kept = dict[str, int](), forced_kinds()
    try:
        with lock.held(house.settings):
            for kind in registered():
                if kind.forced:
                    continue
                async with house.store.read() as db:
                    holds = await holds_of(db)
                    items = await kind.of_person(house, db, person)
                free = [item for item in items if not holds.hold(item)]
                if len(free) < len(items):
                    kept.append(kind.name)
                if free:
                    await remove(house, kind, free, actor=actor, run=key, reason="erasure")
                    removed[kind.name] = len(free)
            # what was erased is overwritten at once; the database is written anew in the night
            await wipe(house, vacuum=False)
    except ServerError as error:
        if error.code == "retention.busy":
            raise ApiError("retention.busy", 409) from None
        raise
    except OSError:
        raise ApiError("retention.failed", 500) from None
    return removed, kept


async def _there(db: AsyncSession, scope: Scope, object_: str) -> None:
    if scope == "person":
        found = await db.get(UserRow, object_) is not None
    else:
        lesson = await db.get(Lesson, object_)
        found = lesson is not None and (scope == "lesson" or lesson.kind in EXAMS)
    if not found:
        raise ApiError("object.unknown", 404, kind=scope)


def _words(text: str) -> str:
    return " ".join(text.split())
