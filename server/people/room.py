"""People plug in: their parts, their routes, how actors stand to accounts and guest links, their upkeep.

Flows in: the house. Flows out: `Sessions` (the gate of web), `Accounts`, `Logins`, `Guests` and
`Profiles` among its parts.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from server.house import House
from server.people import routes
from server.people.accounts import Accounts
from server.people.guests import Guests
from server.people.logins import Logins
from server.people.passwords import Passwords
from server.people.profiles import Profiles
from server.people.search import scopes_of_user
from server.people.sessions import Sessions
from server.people.tables import UserRow
from server.permissions import Actor, Standing, relation_of, standing_to
from server.web.metrics import Metrics

__all__ = ["open_room", "routes"]


@contextlib.asynccontextmanager
async def open_room(
    house: House, *, hasher: Passwords | None = None, now: Callable[[], float] | None = None
) -> AsyncIterator[None]:
    """Add the parts and run the upkeep. `hasher` and `now` are for tests: cheap hashes, a clock to move."""
    hasher = hasher or Passwords()
    sessions = Sessions(house, now) if now else Sessions(house)
    accounts = Accounts(house, hasher, sessions)
    metrics = house.part(Metrics)
    for part in (
        hasher,
        sessions,
        accounts,
        Logins(house, hasher, sessions, accounts, metrics),
        Guests(house, sessions, metrics),
        Profiles(house, sessions),
    ):
        house.add(part)
    following = house.trace.subscribe(sessions.told)
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(sessions.keep(), name="keep sessions")
        try:
            yield
        finally:
            keeping.cancel()
            await following.close()
            with contextlib.suppress(Exception):  # a database that is gone must not stop the stop
                await sessions.flush()


@relation_of("user")
async def standing_to_user(house: House, actor: Actor, key: str) -> Standing | None:
    """An account lies in every scope in which it holds a role."""
    async with house.store.read() as db:
        if await db.get(UserRow, key) is None:
            return None
        scopes = await scopes_of_user(house, db, key)
    return Standing(frozenset({"own" if actor.id == key else "stranger"}), scopes)


@relation_of("guest")
async def standing_to_guest(house: House, actor: Actor, key: str) -> Standing | None:
    """A guest link stands where its lesson stands."""
    lesson = await house.part(Guests).lesson_of(key)
    return await standing_to(house, actor, "lesson", lesson) if lesson else None
