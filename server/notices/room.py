"""The room of notices: the book, the pages that are open, the post, and what gives notices by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.background import background
from server.house import House
from server.notices import routes
from server.notices.book import Notices
from server.notices.due import Due
from server.notices.live import Open
from server.notices.post import Post
from server.notices.told import Told

__all__ = ["DECLARES", "open_room"]

DECLARES = (routes,)


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the room; `server.review` is open already."""
    live = Open(house)
    book, post = Notices(house, live), Post(house)
    for part in (live, book, post):
        house.add(part)
    async with background(
        ("notices of the trace", Told(house, book).run()),
        ("notices of the clock", Due(house, book).run()),
        ("post", post.run()),
    ):
        yield
