"""The quarterly, half-year and yearly summary of every department (R12)."""

from collections import defaultdict

from server.papers import Cell, Paper
from server.papers.paper import total
from server.plan.kinds import PRIVATE
from server.reports.ask import Ask, hours, ordered, ratio
from server.reports.facts import NO_MARKS, Facts, Marks

QUARTER, HALF = 93, 185
"""Days up to which a period is called a quarter, and half a year."""
COUNTS = ("lessons", "held", "cancelled", "not_held", "substituted")


class _Sums:
    def __init__(self) -> None:
        self.lessons = self.held = self.cancelled = self.not_held = self.substituted = self.late = 0
        self.hours = 0.0
        self.marks: Marks = NO_MARKS

    def cells(self) -> list[Cell]:
        counts: list[Cell] = [getattr(self, name) for name in COUNTS]
        return [*counts, self.late, hours(self.hours), ratio(self.held, self.lessons - self.cancelled),
                self.marks.share]  # fmt: skip


def build(facts: Facts, ask: Ask) -> Paper:
    found: dict[str, _Sums] = defaultdict(_Sums)
    everything = _Sums()
    for lesson in facts.lessons:
        if lesson.kind in PRIVATE:
            continue
        word, late, _ = ask.stands(lesson)
        marks = sum(facts.marks.get(lesson.id, {}).values(), NO_MARKS)
        for sums in (found[facts.department_of(lesson)], everything):
            sums.lessons += 1
            sums.held += word in ("held", "ended_early", "running")
            sums.cancelled += word == "cancelled"
            sums.not_held += word == "not_held"
            sums.substituted += bool(facts.substitutes_of.get(lesson.id))
            sums.late += late > 0 and word not in ("not_held", "cancelled", "late")
            sums.hours += ask.counting.held(lesson)
            sums.marks += marks
    rows = ordered(([*facts.place(department), *sums.cells()] for department, sums in found.items()), 2)
    columns = [
        ask.column("faculty", weight=1.5), ask.column("department", weight=2),
        *(ask.column(f"summary.{name}", "whole") for name in COUNTS),
        ask.column("punctuality.late", "whole"), ask.column("summary.hours", "number"),
        ask.column("load.share", "share"), ask.column("attendance.share", "share"),
    ]  # fmt: skip
    totals: list[Cell] = [ask.say("total"), "", *everything.cells()]
    assert not rows or totals[2] == total(rows, 2), "every lesson lies in one row"
    days = (ask.last - ask.first).days + 1
    name = "quarter" if days <= QUARTER else "half" if days <= HALF else "year"
    return Paper(
        ask.say(f"summary.{name}"), columns, rows, totals=totals if rows else [],
        notes=[ask.say("note.cap", minutes=ask.counting.tolerance)],
        signatures=[ask.say("sign.office"), ask.say("sign.dean")], plot=10,
    )  # fmt: skip
