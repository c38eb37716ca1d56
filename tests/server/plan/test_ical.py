"""The calendar feed: read by an independent parser, ended by its owner, nothing without the secret."""

from collections.abc import Callable
from typing import Any

from icalendar import Calendar

from server.house import House
from server.plan import ical
from tests.server.plan.conftest import Call


async def test_a_feed_shows_the_own_lessons_until_it_is_withdrawn(
    house: House, call: Call, lesson_body: Callable[..., dict[str, Any]]
) -> None:
    status, made = await call("dispatcher", "POST", "/api/v1/lessons", lesson_body(title="Кириш, сөз; \\ 1"))
    assert status == 201, made
    status, feed = await call("student1", "POST", "/api/v1/me/calendar")
    assert status == 200
    token = feed["url"].rpartition("/")[2].removesuffix(".ics")
    (event,) = Calendar.from_ical(await ical.calendar_of(house, token)).walk("VEVENT")
    assert event["UID"] == f"{made['id']}@sabak"
    assert event.decoded("DTSTART").isoformat() == "2026-10-14T04:30:00+00:00"
    assert str(event["SUMMARY"]) == "Физика a"
    assert "Кириш, сөз; \\ 1" in str(event["DESCRIPTION"])
    change = {"state": "cancelled", "reason": "окутуучу ооруду"}
    assert (await call("dispatcher", "PATCH", f"/api/v1/lessons/{made['id']}", change))[0] == 200
    (event,) = Calendar.from_ical(await ical.calendar_of(house, token)).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"

    assert await call("student1", "GET", "/api/v1/me/calendar") == (200, {"made": True})
    assert (await call("student1", "DELETE", "/api/v1/me/calendar"))[0] == 204
    status, answer = await call("", "GET", f"/calendar/{token}.ics")
    assert (status, answer["error"]["code"]) == (404, "calendar.unknown")


async def test_others_lessons_are_not_in_it(
    house: House, call: Call, lesson_body: Callable[..., dict[str, Any]]
) -> None:
    await call("dispatcher", "POST", "/api/v1/lessons", lesson_body())
    token = await ical.make_address(house, "0000000student3")
    for login in ("student3", "teacher_b"):
        _, feed = await call(login, "POST", "/api/v1/me/calendar")
        token = feed["url"].rpartition("/")[2].removesuffix(".ics")
        assert not Calendar.from_ical(await ical.calendar_of(house, token)).walk("VEVENT")


async def test_invented_addresses_lead_nowhere(call: Call) -> None:
    for name in ("x.ics", "ics", "a" * 500 + ".ics", ".ics", "x.txt"):
        status, answer = await call("", "GET", f"/calendar/{name}")
        assert (status, answer["error"]["code"]) == (404, "calendar.unknown")
