"""Decides what to do with a data folder: fill it, refresh it, or leave it alone.

The file `demo` in the folder says that it is ours: ``filling`` while it is being filled, ``ready``
after. Only such a folder takes a demo clock (`server.settings`). A folder with anybody's accounts and
no such file is refused. A fill that was interrupted is begun again, as nobody can have used it yet.
"""

import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec
from sqlalchemy import select

from server.demo.fill import fill_house, lesson_on_now
from server.demo.people import Somebody
from server.errors import ServerError
from server.house import House
from server.people import passwords
from server.people import room as people_room
from server.people.tables import SessionRow, UserRow
from server.plan import room as plan_room
from server.plan.tables import Faculty, Lesson
from server.settings import Settings
from server.store import Store
from server.store.store import FILE_NAME
from server.trace import Trace
from server.trace.registry import all_projections
from server.web.metrics import Metrics


class DemoError(ServerError):
    """`demo.real_data`, `demo.unfinished`, `demo.busy`."""


class OneHash(passwords.Passwords):
    """Hashes the one password of the demo once: everybody has the same, and hashing is slow on purpose."""

    def __init__(self, memory_kib: int = 65536, passes: int = 3) -> None:
        super().__init__(memory_kib, passes)
        self._known: dict[str, str] = {}

    async def hash(self, password: str) -> str:
        if password not in self._known:
            self._known[password] = await super().hash(password)
        return self._known[password]


class Outcome(msgspec.Struct, frozen=True):
    """What was done. `password` is there only when it is random and was made just now: show it once."""

    made: bool
    people: list[Somebody] = []
    password: str = ""


async def ensure_demo(settings: Settings, hasher: passwords.Passwords | None = None) -> Outcome:
    """Fill the data folder of `settings` when it is empty; give a filled one a lesson that is on now.

    Raises:
        DemoError: the folder holds real data, was left half filled and used, or is being filled.
        StoreError: the database cannot be opened.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(settings):
        state = _state(settings)
        if state == "filling":
            await _start_again(settings)
        if state != "ready":
            await _look(settings)
            _mark(settings, "filling")
        async with _house(settings, hasher) as house:
            if state == "ready":
                await lesson_on_now(house, house.clock.now())
                return Outcome(False)
            password = settings.demo_password or passwords.one_time()
            people = await fill_house(house, password, house.clock.now())
        _mark(settings, "ready")
        return Outcome(True, people, "" if settings.demo_password else password)


async def fill(store: Store, trace: Trace, settings: Settings, now: int = 0) -> Outcome:
    """Fill an empty store that is open already, around `now` (microseconds; 0: the trace's clock).

    Raises:
        DemoError: the store holds real data.
    """
    await _refuse_real_data(store, settings)
    async with _rooms(House(settings, trace.clock, store, trace), None) as house:
        password = settings.demo_password or passwords.one_time()
        people = await fill_house(house, password, now or house.clock.now())
    _mark(settings, "ready")
    return Outcome(True, people, "" if settings.demo_password else password)


@asynccontextmanager
async def _house(settings: Settings, hasher: passwords.Passwords | None) -> AsyncIterator[House]:
    store = await Store.open(settings)
    try:
        async with (
            await Trace.open(store, all_projections(), speed=settings.demo_clock) as trace,
            _rooms(House(settings, trace.clock, store, trace), hasher) as house,
        ):
            yield house
    finally:
        await store.close()


@asynccontextmanager
async def _rooms(house: House, hasher: passwords.Passwords | None) -> AsyncIterator[House]:
    """The two rooms that the demo writes through."""
    house.add(Metrics())
    async with people_room.open_room(house, hasher=hasher or OneHash()), plan_room.open_room(house):
        yield house


async def _look(settings: Settings) -> None:
    """Open the database, made when it is not there, and see that it is empty."""
    store = await Store.open(settings)
    try:
        await _refuse_real_data(store, settings)
    finally:
        await store.close()


async def _refuse_real_data(store: Store, settings: Settings) -> None:
    async with store.read() as db:
        for column in (UserRow.id, Faculty.id, Lesson.id):
            if await db.scalar(select(column).limit(1)) is not None:
                raise DemoError(
                    "demo.real_data",
                    f"The data folder {settings.data} holds real data, so no demo is put into it. "
                    "Name an empty folder in the setting data.",
                )


async def _start_again(settings: Settings) -> None:
    """Throw away a half-filled database that nobody has logged in to."""
    unfinished = DemoError(
        "demo.unfinished",
        f"Filling the demo in {settings.data} was interrupted, and somebody has used it since. "
        "Name an empty data folder.",
    )
    if settings.database:
        raise DemoError(
            "demo.unfinished",
            "Filling the demo was interrupted. Give it an empty PostgreSQL database, "
            f"and remove {settings.demo_marker}.",
        )
    path = settings.data / FILE_NAME
    if path.exists():
        store = await Store.open(settings)
        try:
            async with store.read() as db:
                used = await db.scalar(select(SessionRow.id).limit(1)) is not None
        finally:
            await store.close()
        if used:
            raise unfinished
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _state(settings: Settings) -> str:
    try:
        return settings.demo_marker.read_text().strip()
    except FileNotFoundError:
        return ""


def _mark(settings: Settings, state: str) -> None:
    """Written whole or not at all."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = settings.demo_marker.with_name(f".demo-{secrets.token_hex(4)}")
    new.write_text(state + "\n")
    new.replace(settings.demo_marker)


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """One process at a time looks after the demo of a folder; the lock goes with the process."""
    handle = os.open(settings.data / ".demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError("demo.busy", f"Another process is filling {settings.data}.") from None
        yield
    finally:
        os.close(handle)
