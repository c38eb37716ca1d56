"""The share of synchronous hours of each discipline, by group, discipline or teacher (R8)."""

from collections import defaultdict
from collections.abc import Iterable

from server.papers import Cell, Paper
from server.papers.paper import total
from server.plan.kinds import KINDS
from server.reports.ask import Ask, hours, ordered, ratio
from server.reports.facts import Course, Facts, Held

Key = tuple[str, str]
"""A discipline, and a group or a teacher."""


def build(facts: Facts, ask: Ask) -> Paper:
    planned: dict[Key, float] = defaultdict(float)
    held: dict[Key, float] = defaultdict(float)
    taught: dict[Key, set[str]] = defaultdict(set)
    for lesson in facts.lessons:
        if not KINDS[lesson.kind].counts or lesson.state == "cancelled":
            continue
        groups = facts.groups_of.get(lesson.id, [])
        for key, times in _keys(facts, ask, lesson, groups):
            planned[key] += ask.counting.planned(lesson) * times
            held[key] += ask.counting.held(lesson) * times
            taught[key].update(groups)
    if ask.view != "teacher":
        # disciplines of which no lesson is in the asker's scope are not theirs to see
        seen = {lesson.discipline for lesson in facts.lessons}
        for discipline, group in facts.takings:
            if discipline in seen and group in facts.groups:
                key = (discipline, group if ask.view == "group" else "")
                taught[key].add(group)
    keys = {key for key in taught if key[0] in facts.courses}
    rows = ordered((_row(facts, ask, key, planned[key], held[key], len(taught[key])) for key in keys), 4)
    base, counted = total(rows, 4), total(rows, 6)
    sums: list[Cell] = [base, hours(total(rows, 5)), hours(counted), ratio(counted, base)]
    totals: list[Cell] = [ask.say("total"), "", "", "", *sums, None, ""]
    last = {"group": "group", "discipline": "group", "teacher": "teacher"}[ask.view]
    return Paper(
        ask.say("share.title"),
        [
            ask.column("faculty", weight=1.2), ask.column("department", weight=1.4),
            ask.column("discipline", weight=2), ask.column(last, weight=1.2),
            ask.column("share.hours", "whole"), ask.column("share.planned", "number"),
            ask.column("share.held", "number"), ask.column("share", "share"),
            ask.column("share.minimum", "share"), ask.column("share.met", "mark"),
        ],
        rows, totals=totals, notes=[ask.say("note.cap", minutes=ask.counting.tolerance)],
        signatures=[ask.say("sign.office")], plot=7,
    )  # fmt: skip


def _keys(facts: Facts, ask: Ask, lesson: Held, groups: list[str]) -> Iterable[tuple[Key, int]]:
    """Where a lesson counts, and for how many groups."""
    match ask.view:
        case "group":
            return [((lesson.discipline, group), 1) for group in groups]
        case "discipline":
            return [((lesson.discipline, ""), len(groups))]
        case "teacher":
            return [((lesson.discipline, who), len(groups)) for who in facts.holders(lesson.id)]


def _row(facts: Facts, ask: Ask, key: Key, planned: float, held: float, groups: int) -> list[Cell]:
    discipline, other = key
    course = facts.courses[discipline]
    faculty, department = facts.place(course.department)
    base = (course.hours if ask.base == "total" else course.contact_hours) * groups
    share = ratio(held, base)
    minimum = ask.mooc_minimum if course.mooc else ask.minimum
    # compared as numbers with the rounding taken away: 19.996 % is not 20 %
    met = "" if share is None else ask.say("yes" if held + 1e-9 >= minimum * base else "no")
    return [
        faculty, department, _name(ask, course), _other(facts, ask, other, groups), base, hours(planned),
        hours(held), share, minimum, met,
    ]  # fmt: skip


def _name(ask: Ask, course: Course) -> str:
    return f"{course.name} ({ask.say('share.mooc')})" if course.mooc else course.name


def _other(facts: Facts, ask: Ask, other: str, groups: int) -> str:
    match ask.view:
        case "group":
            return facts.groups[other].name if other in facts.groups else ""
        case "teacher":
            return facts.people.get(other, "")
        case "discipline":
            return str(groups)
