"""The pages that are open, by person: each is told that there is something new.

Flows in: sockets that come and go, people who were told. Flows out: one small message, the number of unread
notices; the page reads the notices themselves over HTTP. A page that does not read is closed.
"""

import asyncio
import contextlib
from collections.abc import Collection

import msgspec
from aiohttp import WSMsgType, web

from server.house import House
from server.notices.reading import unread_of
from server.people.sessions import Sessions

MOST = 12
"""Open pages of one person; the oldest is closed."""

PATIENCE = 3.0
"""Seconds a page may take to read its message."""

RESTART, REFUSED = 1012, 4403
"""Close codes: the page comes back by itself; it asks first who is logged in."""


class NoticeWord(msgspec.Struct, tag="notices"):
    """How many notices are unread now: one came, or was read on another page."""

    unread: int


class Page:
    def __init__(self, socket: web.WebSocketResponse, person: str, session: str) -> None:
        self.socket = socket
        self.person = person
        self.session = session
        self.wake = asyncio.Event()
        self.code = 0


class Open:
    """A part of the house: the open pages."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._pages: dict[str, list[Page]] = {}
        self._stopping = False
        house.on_stop.append(self.stop)
        house.part(Sessions).on_revoked.append(self._revoked)

    async def tell(self, people: Collection[str]) -> None:
        """Wake the pages of these people; waits for none of them."""
        for person in people:
            for page in self._pages.get(person, ()):
                page.wake.set()

    async def serve(self, page: Page) -> None:
        """Until the page is closed, by either side."""
        pages = self._pages.setdefault(page.person, [])
        pages.append(page)
        if len(pages) > MOST:
            self._end(pages[0], REFUSED)
        if self._stopping:
            self._end(page, RESTART)
        page.wake.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self._write(page), name="notices")
                async for frame in page.socket:
                    if frame.type is WSMsgType.ERROR:
                        break
                writing.cancel()
        finally:
            pages.remove(page)
            if not pages:
                self._pages.pop(page.person, None)

    async def _write(self, page: Page) -> None:
        while True:
            await page.wake.wait()
            page.wake.clear()
            if page.code:
                break
            async with self._house.store.read() as db:
                unread = await unread_of(db, page.person)
            try:
                async with asyncio.timeout(PATIENCE):
                    await page.socket.send_str(msgspec.json.encode(NoticeWord(unread)).decode())
            except (TimeoutError, ConnectionError):
                page.code = RESTART
                break
        with contextlib.suppress(Exception):
            await page.socket.close(code=page.code)

    def stop(self) -> None:
        """The server stops: every page comes back by itself."""
        self._stopping = True
        for pages in self._pages.values():
            for page in pages:
                self._end(page, RESTART)

    def _revoked(self, session: str) -> None:
        for pages in self._pages.values():
            for page in pages:
                if page.session == session:
                    self._end(page, REFUSED)

    def _end(self, page: Page, code: int) -> None:
        page.code = code
        page.wake.set()
