"""What a class leaves behind, for retention: its chat, and who was there when (R20).

That a lesson was held, from when to when, is no personal record and stays: hours are counted from it.
"""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.live.tables import LiveSession, LiveSpan
from server.plan.tables import LessonState
from server.retention.entries import of_sessions, parts
from server.retention.frame import Forced, Kind, forgetting, nothing, people_of
from server.retention.kinds import Item, Language, Removal, Words
from server.trace.tables import DataRow, EntryRow

SAID = ("chat.said", "caption.said")
"""What is kept as the chat is: captions are words of who wrote them."""

PRESENCE = ("person.joined", "person.left", "media.state", "media.lost", "media.silent", "class.speaking")


class Chat(Kind):
    """An item is what one person has said in one class."""

    name = "chat"
    days = 400
    least = 30
    rule = "R20"
    forced = False
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Сабактын чаты", "Сабакта чатка жазылган сөздөр"),
        "ru": Words("Чат занятий", "Что писали в чате занятий"),
        "en": Words("Chat of classes", "What was written in the chat of classes"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        return [item for item in await self._items(db) if item.ended <= before]

    async def of_person(self, house: House, db: AsyncSession, person: str) -> list[Item]:
        return await self._items(db, person)

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        wanted = {item.key for item in items}
        asked = (
            select(EntryRow.seq, EntryRow.session, EntryRow.actor)
            .join(DataRow, DataRow.seq == EntryRow.seq)
            .where(EntryRow.kind.in_(SAID))
        )
        seqs: list[int] = []
        for part in parts({key.partition(" ")[0] for key in wanted}):
            rows = await db.execute(asked.where(EntryRow.session.in_(part)))
            seqs += [row.seq for row in rows if f"{row.session} {row.actor}" in wanted]
        return Removal([], seqs, nothing)

    async def _items(self, db: AsyncSession, person: str = "") -> list[Item]:
        asked = (
            select(
                EntryRow.session,
                EntryRow.actor,
                func.max(EntryRow.time).label("ended"),
                func.sum(func.length(DataRow.data)).label("bytes"),
                LiveSession.lesson,
            )
            .join(DataRow, DataRow.seq == EntryRow.seq)
            .outerjoin(LiveSession, LiveSession.session == EntryRow.session)
            .where(EntryRow.kind.in_(SAID))
            .group_by(EntryRow.session, EntryRow.actor, LiveSession.lesson)
        )
        if person:
            asked = asked.where(EntryRow.actor == person)
        return [
            Item(
                f"{row.session} {row.actor}", row.ended, frozenset({row.lesson or ""}),
                frozenset({row.actor}), int(row.bytes or 0),
            )
            for row in await db.execute(asked)
        ]  # fmt: skip


class Presence(Forced):
    """An item is a class that has ended: who came and went in it."""

    name = "presence"
    days = 730
    least = 180
    rule = "R6"
    words: ClassVar[dict[Language, Words]] = {
        "ky": Words("Катышуу убактысы", "Ким качан кошулуп, качан чыкты; байланыш жана сүйлөгөндөр"),
        "ru": Words("Время присутствия", "Кто когда присоединился и вышел; связь и кто говорил"),
        "en": Words("Times of presence", "Who joined and left when; the link, and who spoke"),
    }

    async def due(self, house: House, db: AsyncSession, before: int, among: Collection[str]) -> list[Item]:
        people = await people_of(db, LiveSpan.session, LiveSpan.person, among)
        there = select(LiveSpan.session).where(LiveSpan.session == LiveSession.session).exists()
        rows = await db.scalars(select(LiveSession).where(LiveSession.closed <= before, there))
        return [
            Item(row.session, row.closed or 0, frozenset({row.lesson}), people.get(row.session, frozenset()))
            for row in rows
        ]

    async def prepare(self, house: House, db: AsyncSession, items: Sequence[Item]) -> Removal:
        sessions = [item.key for item in items]
        seqs = await of_sessions(db, sessions, PRESENCE)
        ends, away = await self._ends(db, sessions)
        return Removal([], seqs + away, forgetting(sessions, LiveSpan.session), note={"ends": ends})

    async def _ends(self, db: AsyncSession, sessions: Collection[str]) -> tuple[list[Any], list[int]]:
        """Ends of classes that name who was away then: they are erased, so what they did is noted."""
        found: dict[str, list[int]] = {}
        for seq in await of_sessions(db, sessions, ("session.closed",)):
            asked = select(EntryRow.session, DataRow.data).join(DataRow, DataRow.seq == EntryRow.seq)
            row = (await db.execute(asked.where(EntryRow.seq == seq))).one()
            if msgspec.json.decode(row.data).get("away"):
                found.setdefault(row.session, []).append(seq)
        ends = []
        for session in found:
            live = await db.get(LiveSession, session)
            state = await db.scalar(select(LessonState).where(LessonState.session == session))
            if live is not None:
                held = state.held if state is not None else 0
                ends.append([session, live.closed, live.reason, held])
        return ends, [seq for seqs in found.values() for seq in seqs]


RECORDS = (Chat(), Presence())
