"""A lesson with a student on another host, over wires that can be made bad or taken away.

The server has one address, on the first wire. A second wire, where there is one, leads to the same
address with another address of the student: like a phone that has Wi-Fi and the mobile network.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.e2e.browser import CHROMIUM, chromium_on, person
from tests.e2e.house import House
from tests.e2e.lesson import Lesson, lesson_now
from tests.net.hosts import Host, Wire, ip

SECOND_TABLE = "77"


def second_way(host: Host, first: Wire, second: Wire) -> None:
    """Lead `host` to the server's address over the second wire as well: from the second address always,
    from anywhere once the first wire is gone."""
    server, device = first.a_address, second.b_name
    where = {"namespace": host.namespace}
    ip("route", "add", server, "dev", device, "src", second.b_address, "metric", "900", **where)
    ip("rule", "add", "from", second.b_address, "table", SECOND_TABLE, **where)
    ip("route", "add", server, "dev", device, "src", second.b_address, "table", SECOND_TABLE, **where)


def unplug(host: Host, wire: Wire) -> None:
    """Take the wire's end and its address away from `host`, as leaving a Wi-Fi does."""
    ip("addr", "flush", "dev", wire.b_name, namespace=host.namespace)
    ip("link", "set", wire.b_name, "down", namespace=host.namespace)


@contextlib.asynccontextmanager
async def far_lesson(
    folder: Path, fakes: Path, host: Host, wire: Wire, near: tuple[str, ...] = (), far: str = "student1"
) -> AsyncIterator[tuple[House, Lesson]]:
    """A house on `wire`'s near end; teacher, student1 and `near` students beside it, but `far` on `host`.

    The students of the lesson are student1, then the near ones. `folder` takes the house's data.
    """
    house = House(folder / "data", host=wire.a_address, SABAK_ANNOUNCE=wire.a_address)
    # a test of the media, not of certificates: the browsers take this origin for a secure one
    trust = (f"--unsafely-treat-insecure-origin-as-secure={house.url}",)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(house)
        lesson = await lesson_now(house)
        people = []
        for number, login in enumerate(("teacher", "student1", *near), start=1):
            browser = chromium_on(host, folder) if login == far else CHROMIUM
            someone = person(login, number, house.url, fakes, arguments=trust, executable=browser)
            people.append(await stack.enter_async_context(someone))
        for someone in people:
            await someone.log_in()
        teacher, *students = people
        await teacher.enter(lesson["id"])
        await teacher.open_class()
        for student in students:
            await student.enter(lesson["id"])
        for someone in people:
            await someone.sees_and_hears(within=25)
        yield house, Lesson(lesson["id"], teacher, students)
