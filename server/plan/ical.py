"""A person's lessons as a calendar (RFC 5545) behind a secret address (R28).

Flows in: an account or the token of its address. Flows out: the address once, or the calendar of the
lessons that the person has a part in. Only the token's hash is kept; who makes a new address ends the old.
"""

import hashlib
import secrets
from datetime import timedelta

from icalendar import Calendar, Event, vText
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.clock import as_datetime
from server.errors import ApiError
from server.house import House
from server.people.person import load_person
from server.plan.facts import LessonFacts, lesson_facts
from server.plan.names import names_of
from server.plan.tables import CalendarFeed, Lesson
from server.plan.views import SHOWN_PARTS
from server.plan.visible import mine, within

PAST, AHEAD = timedelta(days=60), timedelta(days=250)
"""Of lessons shown, around now."""
MOST = 3000
REFRESH = timedelta(hours=1)
"""How often calendar programs are asked to look again."""


async def make_address(house: House, user: str) -> str:
    """A new secret for the person's calendar; an earlier one ends."""
    token = secrets.token_urlsafe(24)

    async def work(db: AsyncSession) -> None:
        await db.merge(CalendarFeed(user=user, hash=_hash(token), created=house.clock.now()))
        await db.flush()

    await house.trace.record("calendar.address_made", {"user": user}, actor=user, work=work)
    return token


async def withdraw_address(house: House, user: str) -> None:
    async def work(db: AsyncSession) -> None:
        await db.execute(delete(CalendarFeed).where(CalendarFeed.user == user))

    await house.trace.record("calendar.address_withdrawn", {"user": user}, actor=user, work=work)


async def calendar_of(house: House, token: str) -> bytes:
    """The calendar behind a secret.

    Raises:
        ApiError: 404 `calendar.unknown`: no such address, or its account is disabled.
    """
    now = house.clock.now()
    async with house.store.read() as db:
        user = await db.scalar(select(CalendarFeed.user).where(CalendarFeed.hash == _hash(token)))
        person = await load_person(db, user, False) if user else None
        if person is None:
            raise ApiError("calendar.unknown", 404)
        starts, ends = (now + round(span.total_seconds() * 1e6) for span in (-PAST, AHEAD))
        asked = select(Lesson).where(within(starts, ends), mine(person.actor())).order_by(Lesson.starts)
        found = await lesson_facts(db, await db.scalars(asked.limit(MOST)))
        names = await names_of(db, {who for facts in found for who in _teachers(facts)})
    calendar = Calendar()
    calendar.add("prodid", "-//Sabak//Timetable//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Sabak")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for facts in found:
        calendar.add_component(_event(house, facts, names, now))
    return bytes(calendar.to_ical())


def _event(house: House, facts: LessonFacts, names: dict[str, str], now: int) -> Event:
    event = Event()
    discipline = facts.discipline.name if facts.discipline else ""
    event.add("uid", f"{facts.id}@sabak")
    event.add("dtstamp", as_datetime(now))
    event.add("dtstart", as_datetime(facts.starts))
    event.add("dtend", as_datetime(facts.ends))
    event.add("summary", discipline or facts.title)
    lines = [
        facts.title if discipline else "",
        ", ".join(names.get(who, "") for who in _teachers(facts)),
        ", ".join(group.name for group in facts.groups),
        facts.reason,
    ]
    event.add("description", vText("\n".join(filter(None, lines))))
    event.add("url", f"{house.settings.url}/lessons/{facts.id}")
    event.add("status", "CANCELLED" if facts.state == "cancelled" else "CONFIRMED")
    return event


def _teachers(facts: LessonFacts) -> list[str]:
    return [who for who, part in facts.people.items() if part in SHOWN_PARTS]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
