"""The desk of support: takes what people report, hands it to those who help, brings the answer back.

A report is kept in the house whether or not there is a mail server; with one it goes to the university's
support mailbox as well, through the same queue as every mail.
"""

import re
import time
from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.house import House
from server.ids import new_id
from server.notices import words
from server.notices.book import Notices
from server.notices.post import Post
from server.people.limits import Buckets, Limit
from server.people.tables import RoleRow, UserRow
from server.support.tables import SupportReport

Place = Literal["class", "prejoin", "exam", "page"]

PERSON = Limit(5, 600.0)
"""Reports of one person: five at once, then one each ten minutes."""

MOST_HELPERS = 50

SECRET = re.compile(r"[A-Za-z0-9_-]{24,}")
"""What looks like a token or a key. The page leaves them out already; this is for pages that do not."""


class Section(msgspec.Struct):
    """A heading and lines of it, as the person saw them."""

    name: str
    lines: list[str]


class SupportDesk:
    """A part of the house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limit = Buckets(PERSON)

    async def report(
        self, person: str, name: str, language: str, place: Place, path: str, text: str,
        sections: Sequence[Section],
    ) -> str:  # fmt: skip
        """Keep a report and tell who helps. Returns its id.

        Raises:
            ApiError: 429 `support.often`, 422 `support.empty`.
        """
        text = plain(text)
        if len(text.strip()) < 3:
            raise ApiError("support.empty", 422)
        now = time.monotonic()
        if wait := self._limit.wait(person, now):
            raise ApiError("support.often", 429, retry_after=wait)
        self._limit.charge(person, now)
        kept = [Section(one_line(each.name), [one_line(line) for line in each.lines]) for each in sections]
        row = SupportReport(
            id=new_id(), person=person, name=name, place=place, path=one_line(path.partition("?")[0]),
            text=text, language=language, diagnostics=[msgspec.to_builtins(each) for each in kept],
            created=self._house.clock.now(), done=False, answer="", author="", answered=0,
        )  # fmt: skip

        async def work(db: AsyncSession) -> list[str]:
            db.add(row)
            await self._mail(db, row, kept)
            asked = select(RoleRow.user).where(RoleRow.role == "admin", RoleRow.scope_kind == "university")
            return list(await db.scalars(asked.distinct().limit(MOST_HELPERS)))

        data = {"report": row.id, "place": place}
        recorded = await self._house.trace.record("support.asked", data, actor=person, work=work)
        helpers = [each for each in recorded.result if each != person]
        await self._house.part(Notices).give(
            "support_asked", helpers, row.id, {"place": place}, key=f"support {row.id}"
        )
        return row.id

    async def _mail(self, db: AsyncSession, row: SupportReport, sections: Sequence[Section]) -> None:
        mailbox = self._house.settings.support_mailbox
        if not mailbox:
            return
        user = await db.get(UserRow, row.person)
        zone = self._house.settings.time_zone
        facts = {
            "name": row.name, "login": user.login if user is not None else "", "path": row.path,
            "place": words.say(f"place.{row.place}", row.language, {}, zone),
        }  # fmt: skip
        parts = [words.say("support.from", row.language, facts, zone), row.text]
        parts += ["\n".join([each.name, *(f"  {line}" for line in each.lines)]) for each in sections]
        parts.append(f"{self._house.settings.url}/support")
        await self._house.part(Post).write(
            db, mailbox, words.say("support.subject", row.language, facts, zone), "\n\n".join(parts),
            row.language, reply_to=user.email if user is not None else "",
        )  # fmt: skip

    async def listed(self, done: bool, before: str, limit: int) -> list[SupportReport]:
        """The newest first."""
        asked = select(SupportReport).where(SupportReport.done.is_(done))
        async with self._house.store.read() as db:
            edge = await db.get(SupportReport, before) if before else None
            if edge is not None:
                asked = asked.where(
                    (SupportReport.created < edge.created)
                    | ((SupportReport.created == edge.created) & (SupportReport.id < edge.id))
                )
            asked = asked.order_by(SupportReport.created.desc(), SupportReport.id.desc()).limit(limit)
            return list(await db.scalars(asked))

    async def mark(self, actor: str, key: str, done: bool) -> None:
        """Raises:
        ApiError: 404 `object.unknown`.
        """

        async def work(db: AsyncSession) -> None:
            (await _row(db, key)).done = done

        await self._house.trace.record(
            "support.marked", {"report": key, "done": done}, actor=actor, work=work
        )

    async def answer(self, actor: str, key: str, text: str) -> None:
        """Answer the person: by a notice, and by mail where they have an address. The report is done.

        Raises:
            ApiError: 404 `object.unknown`, 422 `support.empty`.
        """
        text = plain(text)
        if len(text.strip()) < 3:
            raise ApiError("support.empty", 422)

        async def work(db: AsyncSession) -> str:
            row = await _row(db, key)
            row.answer, row.author, row.answered, row.done = text, actor, self._house.clock.now(), True
            return row.person

        recorded = await self._house.trace.record("support.answered", {"report": key}, actor=actor, work=work)
        await self._house.part(Notices).give(
            "support_answered", [str(recorded.result)], key, {"answer": text},
            key=f"support answer {recorded.entry.seq}",
        )  # fmt: skip


async def _row(db: AsyncSession, key: str) -> SupportReport:
    row = await db.get(SupportReport, key)
    if row is None:
        raise ApiError("object.unknown", 404, kind="report")
    return row


def plain(text: str) -> str:
    """Lines stay; other control characters do not."""
    return "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in text).strip()


def one_line(text: str) -> str:
    """A line of diagnostics without control characters and without what looks like a token."""
    return SECRET.sub("…", " ".join(plain(text).split()))
