"""Days without lessons, by their date. Lessons already planned on them stay, as when added by hand."""

from typing import Annotated

from msgspec import Meta

from server.imports.draft import Step
from server.imports.kinds.base import Planner
from server.imports.lines import Line
from server.plan.tables import Holiday

HolidayName = Annotated[str, Meta(max_length=80)]


class Holidays(Planner):
    def row(self, line: Line) -> Step:
        line.need("date")
        day = line.day("date")
        name = str(line.shaped("name", HolidayName))
        self.once(line, "date", day)
        assert day is not None
        known = self.known.holidays.get(day)
        step = Step(line.number, new=known is None)
        if known is None:
            step.insert(Holiday, day=day, name=name)
        elif name and name != known:
            step.update(Holiday, day, name=name)
        return step
