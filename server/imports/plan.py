"""A sheet against what is known: the draft of an import. Pure, and made in a thread of its own."""

from collections.abc import Callable, Mapping

from server.imports.draft import Draft, Report, Step
from server.imports.fields import Kind
from server.imports.kinds.base import Planner
from server.imports.kinds.disciplines import Disciplines
from server.imports.kinds.enrolments import Enrolments
from server.imports.kinds.groups import Groups
from server.imports.kinds.holidays import Holidays
from server.imports.kinds.timetable import Timetable
from server.imports.kinds.users import Users
from server.imports.known import Known
from server.imports.lines import Bad, lines, problem
from server.imports.reading import Sheet

PLANNERS: Mapping[Kind, type[Planner]] = {
    "groups": Groups,
    "users": Users,
    "disciplines": Disciplines,
    "enrolments": Enrolments,
    "timetable": Timetable,
    "holidays": Holidays,
}


def draft(kind: Kind, sheet: Sheet, mapping: dict[str, str], known: Known, rest: Callable[[], None]) -> Draft:
    """What the rows of `sheet` would change, and what is wrong with those that change nothing for it.

    `mapping` gives a column for every required field; `rest` is called again and again on the way.
    """
    report = Report(rows=len(sheet.rows) + len(sheet.problems))
    for found in sheet.problems:
        report.refuse(found)
    planner = PLANNERS[kind](known, report, mapping)
    steps: list[Step] = []
    for line in lines(sheet, mapping):
        rest()
        try:
            step = planner.row(line)
        except Bad as bad:
            report.refuse(problem(line.number, bad, mapping))
            continue
        if not step.writes:
            report.unchanged += 1
            continue
        if step.new:
            report.new += 1
        else:
            report.changed += 1
        steps.append(step)
    planner.finish(steps, rest)
    report.problems.sort(key=lambda each: each.row)
    report.notes.sort(key=lambda each: each.row)
    return Draft(report, steps)
