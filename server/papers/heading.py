"""The lines that every paper begins with, and how days are written."""

from datetime import date
from zoneinfo import ZoneInfo

from server.clock import as_datetime
from server.house import House
from server.papers.words import say


def heading(house: House, language: str) -> list[tuple[str, str]]:
    """The university, if its name is set, and the day."""
    today = as_datetime(house.clock.now()).astimezone(ZoneInfo(house.settings.time_zone))
    lines = [(say(language, "about.made"), f"{shown_day(today.date())} {today:%H:%M}")]
    if house.settings.university:
        lines.insert(0, (say(language, "about.university"), house.settings.university))
    return lines


def shown_day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def period(first: date, last: date) -> str:
    return f"{shown_day(first)} – {shown_day(last)}"
