"""Lines of the timetable with their lessons, as `plan.timetable` makes them; single lessons by a date.

The rules are those of `plan.recurrence`; overlaps are found in memory against everything that is planned.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import cast

from server.clock import as_datetime
from server.ids import new_id
from server.imports.draft import MAX_WARNINGS, Step
from server.imports.kinds.base import Planner
from server.imports.known import series_key
from server.imports.lines import Line
from server.imports.words import KIND_WORDS, WEEKDAYS, WEEKS
from server.people.accounts import fold
from server.plan.kinds import KINDS
from server.plan.lesson_checks import FAR, NEEDS
from server.plan.lesson_shapes import Groups, NewSeries
from server.plan.overlaps import Booking, Clash, overlaps
from server.plan.recurrence import BadRule, Occurrence, Rule, occurrences
from server.plan.roster import micro
from server.plan.shapes import Title
from server.plan.tables import Lesson, LessonGroup, LessonPerson, Series
from server.plan.weeks import Weeks

_FIELD_OF_CODE = {
    "timetable.minutes": "minutes",
    "timetable.semester": "weeks",
    "timetable.weekday": "weekday",
}
"""Where the cell stands that a refusal of the rules is about; the others are about the range."""

TEACHERS = NewSeries.__annotations__["teachers"]


class Timetable(Planner):
    def row(self, line: Line) -> Step:
        line.need("kind")
        kind = line.word("kind", KIND_WORDS)
        named = bool(line.text("discipline"))
        if KINDS[kind].needs_discipline:
            line.need("discipline")
        title = str(line.shaped("title", Title))
        discipline = self.discipline(line) if named else None
        if discipline is None and not title:
            raise line.bad("lesson.title", "title")
        groups = [unit.id for unit in self.groups(line)]
        line.shaped("groups", Groups, groups)
        teachers = self._teachers(line)
        rule = self._rule(line)
        days = self._days(line, rule)
        subject = None if discipline is None else discipline.id
        starts = f"{rule.starts:%H:%M}"
        key = series_key(
            subject, title, kind, groups, teachers, rule.weekday, starts, rule.minutes, rule.first,
            rule.last, rule.weeks,
        )  # fmt: skip
        self.once(line, "starts", key)
        if key in self.known.series:
            return Step(line.number)
        step = Step(line.number, new=True)
        series = new_id()
        step.insert(
            Series, id=series, discipline=subject, title=title, kind=kind, groups=groups, teachers=teachers,
            weekday=rule.weekday, starts=starts, minutes=rule.minutes, first=rule.first, last=rule.last,
            weeks=rule.weeks,
        )  # fmt: skip
        shown = title or (discipline.name if discipline is not None else "")
        for each in days:
            lesson = new_id()
            step.insert(
                Lesson, id=lesson, title=shown, kind=kind, discipline=subject, series=series,
                starts=micro(each.starts), ends=micro(each.ends),
            )  # fmt: skip
            for group in groups:
                step.insert(LessonGroup, lesson=lesson, group=group)
            for teacher in teachers:
                step.insert(LessonPerson, lesson=lesson, person=teacher, part="teacher")
        return step

    def _teachers(self, line: Line) -> list[str]:
        line.need("teachers")
        found: list[str] = []
        for login in line.parts("teachers"):
            account = self.known.accounts.get(fold(login))
            if account is None:
                raise line.bad("person.unknown", "teachers", login)
            if not any(role in NEEDS["teacher"] for role, _, _ in account.roles):
                raise line.bad("person.role", "teachers", login)
            found.append(account.id)
        line.shaped("teachers", TEACHERS, found)
        return list(dict.fromkeys(found))

    def _rule(self, line: Line) -> Rule:
        """The rule of the line; a date alone makes a rule of one day. Without first and last day it runs
        through the semester that is on, or else the next."""
        starts, minutes = line.clock("starts"), int(line.shaped("minutes", int, line.need("minutes")))
        day = line.day("date")
        if day is not None:
            if line.text("weekday"):
                raise line.bad("import.either", "date")
            return Rule(day.isoweekday(), starts, minutes, day, day)
        line.need("weekday")
        weekday = int(line.word("weekday", WEEKDAYS))
        weeks = cast(Weeks, line.word("weeks", WEEKS, "every"))
        first, last = line.day("first"), line.day("last")
        if first is None or last is None:
            known = next((each for each in self.known.semesters if each.ends >= self.known.today), None)
            if known is None:
                line.need("first")
                line.need("last")
            else:
                first, last = first or known.starts, last or known.ends
        assert first is not None and last is not None
        return Rule(weekday, starts, minutes, first, last, weeks)

    def _days(self, line: Line, rule: Rule) -> list[Occurrence]:
        for field, day in (("first", rule.first), ("last", rule.last)):
            if _far(day, self.known.today, FAR):
                raise line.bad("plan.date", "date" if line.text("date") else field)
        semester = self.known.semester(rule.first)
        try:
            found = occurrences(rule, semester, self.known.holidays, self.known.zone)
        except BadRule as error:
            raise line.bad(error.code, _FIELD_OF_CODE.get(error.code, "last")) from None
        if not found:
            raise line.bad("timetable.empty", "date" if line.text("date") else "weekday")
        return found

    def finish(self, steps: Iterable[Step], rest: Callable[[], None]) -> None:
        rows: dict[str, int] = {}
        days: dict[date, tuple[list[Booking], list[Booking]]] = defaultdict(lambda: ([], []))
        for step in steps:
            rest()
            for booking in _bookings(step):
                rows[booking.lesson] = step.row
                for day in {booking.starts.date(), booking.ends.date()}:
                    days[day][0].append(booking)
        for booking in self.known.bookings:
            for day in {booking.starts.date(), booking.ends.date()} & days.keys():
                days[day][1].append(booking)
        found: dict[tuple[int, str, str, int], Clash] = {}
        for _, (new, existing) in sorted(days.items()):
            rest()
            for clash in overlaps(new, existing, MAX_WARNINGS):
                row, other = rows[clash.lesson], rows.get(clash.other, 0)
                key = (max(row, other), clash.code, clash.who, min(row, other))
                found.setdefault(key, clash)  # every week the same two lines
        self._tell(found)

    def _tell(self, found: Mapping[tuple[int, str, str, int], Clash]) -> None:
        names = {unit.id: unit.name for unit in self.known.groups.values()}
        if found:
            names |= {account.id: login for login, account in self.known.accounts.items()}
        for (row, code, who, _), clash in found.items():
            field = "teachers" if code == "overlap.teacher" else "groups"
            moment = clash.starts.astimezone(self.known.zone)
            self.warn(row, f"import.{code}", field, f"{names.get(who, '')}, {moment:%Y-%m-%d %H:%M}")


def _far(day: date, today: date, most: timedelta) -> bool:
    return abs(day - today) > most


def _bookings(step: Step) -> list[Booking]:
    """The lessons that a step makes, as the overlap check sees them."""
    groups: frozenset[str] = frozenset()
    teachers: frozenset[str] = frozenset()
    found = []
    for write in step.writes:
        values = write.values
        if write.table is Series:
            groups, teachers = frozenset(values["groups"]), frozenset(values["teachers"])
        elif write.table is Lesson:
            starts, ends = as_datetime(values["starts"]), as_datetime(values["ends"])
            found.append(Booking(values["id"], starts, ends, teachers, groups))
    return found
