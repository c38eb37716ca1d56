"""What teachers' reports say: lessons in time, and the load fulfilled (R11)."""

from collections import defaultdict

from server.papers import Cell, Paper
from server.papers.paper import total
from server.plan.kinds import PRIVATE
from server.reports.ask import Ask, hours, ordered, ratio
from server.reports.facts import Facts


class _Count:
    lessons = in_time = late = late_minutes = early = not_held = 0


def punctuality(facts: Facts, ask: Ask) -> Paper:
    """Lessons whose time has passed, by whoever was to give them."""
    counts: dict[str, _Count] = defaultdict(_Count)
    for lesson in facts.lessons:
        if lesson.state == "cancelled" or not ask.over(lesson) or lesson.kind in PRIVATE:
            continue
        word, late, early = ask.stands(lesson)
        for who in facts.holders(lesson.id):
            count = counts[who]
            count.lessons += 1
            count.not_held += word == "not_held"
            count.late += word != "not_held" and late > 0
            count.late_minutes += late if word != "not_held" else 0
            count.early += early > 0
            count.in_time += word != "not_held" and not late and not early
    rows = ordered(
        (
            [
                facts.people.get(who, ""), each.lessons, each.in_time, each.late,
                round(each.late_minutes / each.late, 1) if each.late else None, each.early, each.not_held,
                ratio(each.in_time, each.lessons),
            ]
            for who, each in counts.items()
        ),
        1,
    )  # fmt: skip
    late_ones = total(rows, 3)
    minutes = sum(each.late_minutes for each in counts.values())
    totals: list[Cell] = [
        ask.say("total"), total(rows, 1), total(rows, 2), late_ones,
        round(minutes / late_ones, 1) if late_ones else None, total(rows, 5), total(rows, 6),
        ratio(total(rows, 2), total(rows, 1)),
    ]  # fmt: skip
    columns = [
        ask.column("teacher", weight=3), ask.column("punctuality.lessons", "whole"),
        ask.column("punctuality.in_time", "whole"), ask.column("punctuality.late", "whole"),
        ask.column("punctuality.late_minutes", "number"), ask.column("punctuality.early", "whole"),
        ask.column("punctuality.not_held", "whole"), ask.column("punctuality.share", "share"),
    ]  # fmt: skip
    return Paper(
        ask.say("punctuality.title"), columns, rows, totals=totals,
        signatures=[ask.say("sign.office")], plot=7,
    )  # fmt: skip


def load(facts: Facts, ask: Ask) -> Paper:
    """Academic hours of each teacher: planned, given, given for and by others."""
    planned: dict[str, float] = defaultdict(float)
    given: dict[str, float] = defaultdict(float)
    for_others: dict[str, float] = defaultdict(float)
    by_others: dict[str, float] = defaultdict(float)
    for lesson in facts.lessons:
        if lesson.kind in PRIVATE:
            continue
        teachers = facts.teachers_of.get(lesson.id, [])
        substitutes = facts.substitutes_of.get(lesson.id, [])
        held = ask.counting.held(lesson)
        for who in teachers:
            planned[who] += ask.counting.planned(lesson)
            (by_others if substitutes else given)[who] += held
        for who in substitutes:
            for_others[who] += held
    rows = ordered(
        (
            [
                facts.people.get(who, ""), hours(planned[who]), hours(given[who]), hours(for_others[who]),
                hours(by_others[who]), hours(planned[who] - given[who] - by_others[who]),
                ratio(given[who] + for_others[who], planned[who]),
            ]
            for who in {*planned, *for_others}
        ),
        1,
    )  # fmt: skip
    sums = [hours(total(rows, column)) for column in range(1, 6)]
    totals: list[Cell] = [ask.say("total"), *sums, ratio(sums[1] + sums[2], sums[0])]
    columns = [
        ask.column("teacher", weight=3), ask.column("load.planned", "number"),
        ask.column("load.held", "number"), ask.column("load.for_others", "number"),
        ask.column("load.by_others", "number"), ask.column("load.missing", "number"),
        ask.column("load.share", "share"),
    ]  # fmt: skip
    return Paper(
        ask.say("load.title"), columns, rows, totals=totals,
        notes=[ask.say("note.cap", minutes=ask.counting.tolerance)],
        signatures=[ask.say("sign.office")], plot=6,
    )  # fmt: skip
