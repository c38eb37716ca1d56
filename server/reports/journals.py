"""Reports of attendance: how it goes, journals not filled in, who came to exams (R10, R11)."""

from collections import defaultdict
from itertools import groupby

from server.clock import as_datetime
from server.papers import Cell, Paper
from server.papers.heading import shown_day
from server.papers.paper import DASH, total
from server.plan.kinds import CONTROLS, PRIVATE
from server.plan.weeks import local_date
from server.reports.ask import Ask, ordered, ratio
from server.reports.facts import NO_MARKS, Facts, Held, Marks

Key = tuple[str, str]
"""A group and a discipline."""
WEEK = 7 * 86_400_000_000
MONDAY = 4 * 86_400_000_000
"""1970 began on a Thursday; weeks here begin on a Monday, in UTC, which is good enough for a trend."""


def missing(facts: Facts, ask: Ask) -> Paper:
    """Past lessons of each group and discipline that have no marks."""
    past: dict[Key, int] = defaultdict(int)
    empty: dict[Key, list[Held]] = defaultdict(list)
    for lesson in facts.lessons:
        if lesson.state == "cancelled" or not ask.over(lesson) or lesson.kind in PRIVATE:
            continue
        for group in facts.groups_of.get(lesson.id, []):
            past[group, lesson.discipline] += 1
            if lesson.id not in facts.marks:
                empty[group, lesson.discipline].append(lesson)
    rows = ordered(
        (
            [*_names(facts, key), _teachers(facts, lessons), past[key], past[key] - len(lessons),
             len(lessons), _day(ask, lessons[-1])]
            for key, lessons in empty.items()
        ),
        3,
    )  # fmt: skip
    totals: list[Cell] = [
        ask.say("total"), "", "", "", total(rows, 4), total(rows, 5), total(rows, 6), "",
    ]  # fmt: skip
    columns = [
        ask.column("department", weight=1.5), ask.column("group"), ask.column("discipline", weight=2),
        ask.column("teacher", weight=2), ask.column("journals.past", "whole"),
        ask.column("journals.filled", "whole"), ask.column("journals.missing", "whole"),
        ask.column("journals.last"),
    ]  # fmt: skip
    return Paper(
        ask.say("journals.title"), columns, rows, totals=totals if rows else [],
        signatures=[ask.say("sign.office")],
    )  # fmt: skip


def attendance(facts: Facts, ask: Ask) -> Paper:
    """Marks of each group and discipline, with the share week by week."""
    found: dict[Key, list[tuple[int, Marks]]] = defaultdict(list)
    for lesson in facts.lessons:
        for group, marks in facts.marks.get(lesson.id, {}).items():
            if group:
                found[group, lesson.discipline].append((lesson.starts, marks))
    rows = ordered(
        (
            [*_names(facts, key), len(each), *(sums := sum((marks for _, marks in each), NO_MARKS)),
             sums.share, _trend(each)]
            for key, each in found.items()
        ),
        3,
    )  # fmt: skip
    sums = Marks(*(int(total(rows, column)) for column in range(4, 8)))
    totals: list[Cell] = [ask.say("total"), "", "", total(rows, 3), *sums, sums.share, ""]
    columns = [
        ask.column("department", weight=1.5), ask.column("group"), ask.column("discipline", weight=2),
        ask.column("attendance.lessons", "whole"), ask.column("attendance.present", "whole"),
        ask.column("attendance.late", "whole"), ask.column("attendance.absent", "whole"),
        ask.column("attendance.excused", "whole"), ask.column("attendance.share", "share"),
        ask.column("attendance.trend", "trend", 2),
    ]  # fmt: skip
    return Paper(
        ask.say("attendance.title"), columns, rows, totals=totals if rows else [],
        signatures=[ask.say("sign.dean")], plot=8,
    )  # fmt: skip


def exams(facts: Facts, ask: Ask) -> Paper:
    """Every exam and defence with who came."""
    rows: list[list[Cell]] = []
    for lesson in facts.lessons:
        if lesson.kind not in CONTROLS:
            continue
        marks = sum(facts.marks.get(lesson.id, {}).values(), NO_MARKS)
        course = facts.courses.get(lesson.discipline)
        groups = sorted(facts.groups[each].name for each in facts.groups_of.get(lesson.id, []))
        came = marks.present + marks.late
        rows.append(
            [
                _day(ask, lesson), ask.say(f"kind.{lesson.kind}"), course.name if course else lesson.title,
                ", ".join(groups), _teachers(facts, [lesson]), sum(marks), came, ratio(came, sum(marks)),
            ]
        )  # fmt: skip
    totals: list[Cell] = [
        ask.say("total"), "", "", "", "", total(rows, 5), total(rows, 6),
        ratio(total(rows, 6), total(rows, 5)),
    ]  # fmt: skip
    columns = [
        ask.column("day"), ask.column("about.kind"), ask.column("discipline", weight=2),
        ask.column("group", weight=1.5), ask.column("teacher", weight=2),
        ask.column("exams.listed", "whole"), ask.column("exams.came", "whole"), ask.column("share", "share"),
    ]  # fmt: skip
    return Paper(
        ask.say("exams.title"), columns, rows, totals=totals if rows else [],
        signatures=[ask.say("sign.office")], plot=7,
    )  # fmt: skip


def _names(facts: Facts, key: Key) -> list[Cell]:
    group, discipline = key
    unit, course = facts.groups.get(group), facts.courses.get(discipline)
    department = facts.place(unit.department)[1] if unit else ""
    return [department, unit.name if unit else "", course.name if course else DASH]


def _teachers(facts: Facts, lessons: list[Held]) -> str:
    people = {who for lesson in lessons for who in facts.holders(lesson.id)}
    return ", ".join(sorted(facts.people.get(who, "") for who in people))


def _day(ask: Ask, lesson: Held) -> str:
    return shown_day(local_date(as_datetime(lesson.starts), ask.zone))


def _trend(lessons: list[tuple[int, Marks]]) -> str:
    """Percent of each week that had lessons, in the order of time."""
    weeks = groupby(sorted(lessons), key=lambda pair: (pair[0] + WEEK - MONDAY) // WEEK)
    shares = (sum((marks for _, marks in week), NO_MARKS).share for _, week in weeks)
    return " ".join(f"{share * 100:.0f}" for share in shares if share is not None)
