"""The book of notices: giving one to people, reading one's own, and what each person wants to hear of.

Flows in: a kind, people, facts. Flows out: rows for those who want it in the page, each marked when mail
is wanted too, one entry of the trace that says how many were told, and a word to the pages that are open.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.ids import new_id
from server.notices.kinds import BY_NAME, KINDS, PASSING, TOPICS, Wanted, topic_of, wanted
from server.notices.live import Open
from server.notices.reading import staff_among, unread_of, zone_of
from server.notices.tables import NoticeChoice, NoticeReached, NoticeRow, NoticeZone
from server.people.tables import UserRow
from server.plan.facts import chunks

DAY = 86_400_000_000


class Notices:
    """A part of the house. Other rooms call `give`."""

    def __init__(self, house: House, live: Open) -> None:
        self.house = house
        self.live = live

    async def give(
        self,
        kind: str,
        people: Collection[str],
        subject: str,
        facts: Mapping[str, Any],
        *,
        key: str,
        actor: str = "system",
    ) -> None:
        """Tell people. The same `key` a second time tells nobody: whoever calls may call again after a crash.

        Raises:
            TraceError: nothing was written.
        """
        told: set[str] = set()
        if not people:
            return

        async def work(db: AsyncSession) -> None:
            now = self.house.clock.now()
            for part in chunks(sorted(set(people))):
                rows = []
                for person, want in (await self._wanted(db, kind, part)).items():
                    if not want.page and not want.mail:
                        continue
                    told.add(person)
                    rows.append(
                        {
                            "id": new_id(), "person": person, "kind": kind, "subject": subject,
                            "facts": dict(facts), "created": now, "read": 0 if want.page else now,
                            "mail": "due" if want.mail else "no",
                        }
                    )  # fmt: skip
                if rows:
                    await db.execute(insert(NoticeRow), rows)

        data = {"kind": kind, "subject": subject, "people": len(set(people))}
        await self.house.trace.record("notice.given", data, actor=actor, key=f"notice {key}"[:128], work=work)
        if told:
            await self.live.tell(told)

    async def _wanted(self, db: AsyncSession, kind: str, people: Sequence[str]) -> dict[str, Wanted]:
        """What each of these gets of a kind; who has no account, or a disabled one, is left out."""
        topic, mail = topic_of(kind), bool(self.house.settings.smtp_host)
        asked = select(UserRow.id, UserRow.email).where(UserRow.id.in_(people), UserRow.disabled.is_(False))
        emails = {row.id: row.email for row in await db.execute(asked)}
        staff = await staff_among(db, people)
        chosen = select(NoticeChoice).where(NoticeChoice.person.in_(people), NoticeChoice.topic == topic.name)
        choices = {row.person: (row.page, row.mail) for row in await db.scalars(chosen)}
        found = {}
        for person, email in emails.items():
            want = wanted(topic, person in staff, choices.get(person))
            found[person] = Wanted(want.page, want.mail and mail and bool(email))
        return found

    async def told(self, kind: str, subject: str, starts: int) -> set[str]:
        """Who was told of this already; of what is soon, only if it was to begin at `starts` then too."""
        async with self.house.store.read() as db:
            asked = select(NoticeRow.person, NoticeRow.facts)
            rows = await db.execute(asked.where(NoticeRow.kind == kind, NoticeRow.subject == subject))
            passing = KINDS[kind].passing
            return {row.person for row in rows if not passing or row.facts.get("starts_at") == starts}

    # --- one's own ------------------------------------------------------------------------------------

    async def of(self, person: str, before: str, limit: int) -> list[NoticeRow]:
        """The newest first; those before the notice `before`."""
        asked = select(NoticeRow).where(NoticeRow.person == person)
        async with self.house.store.read() as db:
            if before:
                edge = await db.get(NoticeRow, before)
                if edge is not None and edge.person == person:
                    asked = asked.where(
                        (NoticeRow.created < edge.created)
                        | ((NoticeRow.created == edge.created) & (NoticeRow.id < edge.id))
                    )
            rows = await db.scalars(
                asked.order_by(NoticeRow.created.desc(), NoticeRow.id.desc()).limit(limit)
            )
            return list(rows)

    async def unread(self, person: str) -> int:
        """How many are unread, up to `reading.MOST_UNREAD`."""
        async with self.house.store.read() as db:
            return await unread_of(db, person)

    async def mark_read(self, person: str, ids: Collection[str]) -> None:
        """These, or all without any. No entry: that somebody read a notice is nobody's business."""
        now = self.house.clock.now()
        where = [NoticeRow.person == person, NoticeRow.read == 0]
        if ids:
            where.append(NoticeRow.id.in_(ids))

        async def work(db: AsyncSession) -> None:
            await db.execute(update(NoticeRow).where(*where).values(read=now))

        await self.house.trace.unrecorded(work)
        await self.live.tell([person])

    # --- what one wants -------------------------------------------------------------------------------

    async def choices(self, person: str) -> tuple[dict[str, Wanted], bool, str, str]:
        """By topic what they get; whether they are staff; their mail address and time zone."""
        async with self.house.store.read() as db:
            staff = bool(await staff_among(db, [person]))
            rows = await db.scalars(select(NoticeChoice).where(NoticeChoice.person == person))
            chosen = {row.topic: (row.page, row.mail) for row in rows}
            user = await db.get(UserRow, person)
            zone = await zone_of(db, person, self.house.settings.time_zone)
        found = {topic.name: wanted(topic, staff, chosen.get(topic.name)) for topic in TOPICS}
        return found, staff, user.email if user is not None else "", zone

    async def choose(self, person: str, topic: str, page: bool, mail: bool) -> None:
        """From now on. Topics that are always in the page stay there."""
        page = page or BY_NAME[topic].fixed

        async def work(db: AsyncSession) -> None:
            await db.merge(NoticeChoice(person=person, topic=topic, page=page, mail=mail))

        await self.house.trace.unrecorded(work)

    async def choose_zone(self, person: str, zone: str) -> None:
        async def work(db: AsyncSession) -> None:
            await db.merge(NoticeZone(person=person, zone=zone))

        await self.house.trace.unrecorded(work)

    # --- upkeep ---------------------------------------------------------------------------------------

    async def tidy(self) -> None:
        """Remove what is worth nothing any more: that a lesson of yesterday was soon."""
        before = self.house.clock.now() - DAY

        async def work(db: AsyncSession) -> None:
            await db.execute(
                delete(NoticeRow).where(
                    NoticeRow.kind.in_(PASSING), NoticeRow.created < before, NoticeRow.mail != "due"
                )
            )

        await self.house.trace.unrecorded(work)

    async def reached(self) -> int | None:
        """The last entry that was looked at; None at the first start."""
        async with self.house.store.read() as db:
            row = await db.get(NoticeReached, "trace")
            return row.seq if row is not None else None

    async def note_reached(self, seq: int) -> None:
        async def work(db: AsyncSession) -> None:
            await db.merge(NoticeReached(name="trace", seq=seq))

        await self.house.trace.unrecorded(work)
