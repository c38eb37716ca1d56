"""The plan over HTTP. Importing the package declares every route."""

from server.plan.routes import calendar, day, feed, lessons, people, timetable, units

__all__ = ["calendar", "day", "feed", "lessons", "people", "timetable", "units"]
