"""Small questions about a person that several parts of notices ask."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.notices.tables import NoticeRow, NoticeZone
from server.people.tables import RoleRow
from server.permissions.model import STAFF

MOST_UNREAD = 99
"""Past it nobody counts on."""


async def staff_among(db: AsyncSession, people: Sequence[str]) -> set[str]:
    """Those of these who have a role beside student and guest."""
    asked = select(RoleRow.user).where(RoleRow.user.in_(people), RoleRow.role.in_(STAFF))
    return set(await db.scalars(asked))


async def unread_of(db: AsyncSession, person: str) -> int:
    some = (
        select(NoticeRow.id)
        .where(NoticeRow.person == person, NoticeRow.read == 0)
        .limit(MOST_UNREAD)
        .subquery()
    )
    return int(await db.scalar(select(func.count()).select_from(some)) or 0)


async def zone_of(db: AsyncSession, person: str, default: str) -> str:
    row = await db.get(NoticeZone, person)
    return row.zone if row is not None else default
