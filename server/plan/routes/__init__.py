"""The plan over HTTP. Importing the package declares every route."""

from server.plan.routes import calendar, day, lessons, people, timetable, units

__all__ = ["calendar", "day", "lessons", "people", "timetable", "units"]
