"""Groups with their faculty and department, which are made where they are missing."""

from server.ids import new_id
from server.imports.draft import Step
from server.imports.kinds.base import Planner, differing
from server.imports.known import Unit, fold
from server.imports.lines import Line
from server.imports.words import LANGUAGES
from server.plan.shapes import ShortName
from server.plan.tables import Group


class Groups(Planner):
    def row(self, line: Line) -> Step:
        line.need("faculty")
        self.check_names(line)
        name = line.need("name")
        line.shaped("name", ShortName)
        language = line.word("language", LANGUAGES)
        chair = self.chair(line)
        known = self.known.groups.get(fold(name))
        if known is not None and known.archived:
            raise line.bad("unit.archived", "name")
        self.once(line, "name", fold(name))
        step = Step(line.number, new=known is None)
        chair = self.make_chair(line, step, chair)
        if known is None:
            made = self.known.groups[fold(name)] = Unit(new_id(), name, chair.id, language=language or "ky")
            step.insert(
                Group, id=made.id, department=chair.id, name=name, language=made.language, archived=False
            )
            return step
        changes = differing(known, parent=chair.id, language=language or known.language)
        if "parent" in changes:
            changes["department"] = changes.pop("parent")
        step.update(Group, known.id, **changes)
        return step
