"""One-time passwords for accounts that an import made and that never had a password.

Flows in: an import, perhaps a group. Flows out: slips to print, at most 300 at a time, and how many
remain. Hashing takes its turn with people who log in, two at a time.
"""

import asyncio
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.house import House
from server.imports.tables import ImportAccount
from server.people import passwords
from server.people.passwords import Passwords
from server.people.slips import Slip
from server.people.tables import UserRow
from server.plan.sorting import sort_key
from server.plan.tables import Enrolment, Group

MOST = 300
AT_ONCE = 2


class Waiting(msgspec.Struct):
    """Accounts of an import without a password: by group, and all of them."""

    id: str
    name: str
    count: int


async def waiting(house: House, key: str) -> tuple[int, list[Waiting]]:
    """How many slips are left to give, and how many of them by group."""
    counted = (
        select(Group.id, Group.name, func.count(func.distinct(UserRow.id)))
        .join(Enrolment, Enrolment.group == Group.id)
        .join(UserRow, UserRow.id == Enrolment.student)
        .join(ImportAccount, ImportAccount.user == UserRow.id)
        .where(ImportAccount.file == key, UserRow.password == "", Enrolment.until.is_(None))
        .group_by(Group.id, Group.name)
    )
    async with house.store.read() as db:
        groups = [Waiting(*row) for row in await db.execute(counted)]
        total = await db.scalar(_without(key, "").with_only_columns(func.count()))
    return int(total or 0), sorted(groups, key=lambda each: sort_key(each.name))


async def give(house: House, actor: str, key: str, group: str) -> tuple[list[Slip], int]:
    """Slips with new passwords, in the order of names, and how many accounts remain without.

    Raises:
        ApiError: 503 `server.busy`: too many people log in just now.
    """
    async with house.store.read() as db:
        found = [tuple(row) for row in await db.execute(_without(key, group))]
    found.sort(key=lambda row: (sort_key(row[2]), row[0]))
    chosen = found[:MOST]
    hasher = house.part(Passwords)
    given: dict[str, str] = {}
    stored: list[dict[str, str]] = []
    for at in range(0, len(chosen), AT_ONCE):
        pair = [(user, passwords.one_time()) for user, _, _ in chosen[at : at + AT_ONCE]]
        hashes = await asyncio.gather(*(hasher.hash(password) for _, password in pair))
        given.update(pair)
        stored += [{"the_key": user, "password": made} for (user, _), made in zip(pair, hashes, strict=True)]

    async def work(db: AsyncSession) -> list[str]:
        """Only those that still have none: two people may print at a time."""
        ids = [each["the_key"] for each in stored]
        still = set(await db.scalars(select(UserRow.id).where(UserRow.id.in_(ids), UserRow.password == "")))
        table: Any = UserRow.__table__
        rows = [each for each in stored if each["the_key"] in still]
        if rows:
            await db.execute(update(table).where(table.c.id == bindparam("the_key")), rows)
        return [user for user in ids if user in still]

    if not chosen:
        return [], 0
    told = {"import": key, "users": list(given)}
    recorded = await house.trace.record("import.slips", told, actor=actor, work=work)
    still = set(recorded.result)
    slips = [Slip(login, name, given[user]) for user, login, name in chosen if user in still]
    return slips, len(found) - len(chosen)


def _without(key: str, group: str) -> Select[str, str, str]:
    """Accounts of the import that have no password, may log in, and are in the group if one is named."""
    query = (
        select(UserRow.id, UserRow.login, UserRow.name)
        .join(ImportAccount, ImportAccount.user == UserRow.id)
        .where(ImportAccount.file == key, UserRow.password == "", UserRow.disabled.is_(False))
    )
    if group:
        inside = select(Enrolment.student).where(Enrolment.group == group, Enrolment.until.is_(None))
        query = query.where(UserRow.id.in_(inside))
    return query
