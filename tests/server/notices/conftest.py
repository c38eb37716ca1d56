"""A house with notices and support, and a real mail server beside it."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from server.house import House
from server.notices.book import Notices
from server.notices.post import Post
from server.notices.room import open_room as open_notices
from server.notices.tables import LetterRow
from server.people.tables import UserRow
from server.permissions import Grant
from server.settings import Settings
from server.support.room import open_room as open_support
from tests.server.kit import Running, running
from tests.server.notices.postman import Postman, postman


@dataclasses.dataclass
class Office:
    """`clock`: the real clock of the post, moved by hand."""

    running: Running
    mail: Postman
    clock: list[float]

    @property
    def house(self) -> House:
        return self.running.house

    @property
    def book(self) -> Notices:
        return self.house.part(Notices)

    @property
    def post(self) -> Post:
        return self.house.part(Post)

    async def person(self, login: str, role: Any = "student", email: str = "") -> str:
        key = await self.running.person(login, Grant(role))
        values = {"email": email or f"{login}@uni.test", "language": "en"}
        await self.house.trace.unrecorded(
            lambda db: db.execute(update(UserRow).where(UserRow.id == key).values(values))
        )
        return key

    async def letters(self) -> list[LetterRow]:
        async with self.house.store.read() as db:
            return list(await db.scalars(select(LetterRow).order_by(LetterRow.created)))

    async def deliver(self) -> int:
        """What the post does by itself every two seconds, without the wait for other notices."""
        await self.post.gather(0)
        return await self.post.send()


@asynccontextmanager
async def open_office(settings: Settings, mail: Postman) -> AsyncIterator[Office]:
    async with running(settings, more_rooms=(open_notices, open_support)) as found:
        clock = [1_800_000_000.0]
        found.house.part(Post).now = lambda: clock[0]
        yield Office(found, mail, clock)


def post_settings(folder: Path, port: int, **more: Any) -> Settings:
    return Settings(
        **{
            "data": folder / "data", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none",
            "smtp_from": "sabak@uni.test", "support_mailbox": "help@uni.test", "mail_per_minute": 6000,
            "public_url": "https://sabak.uni.test", **more,
        }
    )  # fmt: skip


async def _nothing(_post: Post) -> None:
    return None


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The post does nothing by itself."""
    monkeypatch.setattr(Post, "run", _nothing)


@pytest.fixture
async def office(tmp_path: Path, by_hand: None) -> AsyncIterator[Office]:
    async with postman() as mail, open_office(post_settings(tmp_path, mail.port), mail) as found:
        yield found
