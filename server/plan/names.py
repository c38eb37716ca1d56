"""The plan's only look into people: names to show, and whether somebody may be given a part.

In flow ids, out flow names or a refusal. Everything else about people stays in their room.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import ApiError
from server.people.tables import RoleRow, UserRow
from server.permissions import Role
from server.plan.facts import chunks


async def names_of(db: AsyncSession, people: Collection[str]) -> dict[str, str]:
    """The names of those among `people` who have an account."""
    found: dict[str, str] = {}
    for part in chunks(people):
        rows = await db.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(part)))
        found.update({row.id: row.name for row in rows})
    return found


async def require_people(db: AsyncSession, people: Collection[str], *roles: Role) -> None:
    """Refuse people whose part would be worth nothing because no role of theirs carries it.

    Raises:
        ApiError: 422 `person.unknown`, 422 `person.role`; details name the first few.
    """
    known = await names_of(db, people)
    missing = [person for person in people if person not in known]
    if missing:
        raise ApiError("person.unknown", 422, people=missing[:10])
    fit: set[str] = set()
    for part in chunks(people):
        fit.update(
            await db.scalars(
                select(RoleRow.user).where(RoleRow.user.in_(part), RoleRow.role.in_(roles)).distinct()
            )
        )
    unfit = [person for person in people if person not in fit]
    if unfit:
        raise ApiError("person.role", 422, people=unfit[:10], roles=list(roles))
