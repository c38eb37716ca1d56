"""Disciplines of departments, and the groups that take them."""

from server.ids import new_id
from server.imports.draft import Step
from server.imports.kinds.base import Planner, differing
from server.imports.known import Spell, Unit, fold
from server.imports.lines import Line
from server.imports.words import LANGUAGES
from server.plan.shapes import Hours, Name
from server.plan.tables import Discipline, Taking


class Disciplines(Planner):
    def row(self, line: Line) -> Step:
        self.check_names(line)
        name = line.need("name")
        line.shaped("name", Name)
        told = {
            "language": line.word("language", LANGUAGES),
            "hours": line.number_of("hours", Hours),
            "contact_hours": line.number_of("contact_hours", Hours),
            "mooc": line.flag("mooc"),
        }
        groups = self.groups(line)
        chair = self.chair(line)
        known = None if chair is None else self.known.disciplines.get((chair.id, fold(name)))
        if known is not None and known.archived:
            raise line.bad("unit.archived", "name")
        self.once(line, "name", (fold(line.text("faculty")), fold(line.text("department")), fold(name)))
        step = Step(line.number, new=known is None)
        chair = self.make_chair(line, step, chair)
        if known is None:
            made = Unit(new_id(), name, chair.id, **{**told, "language": told["language"] or "ky"})  # type: ignore[arg-type]
            self.known.disciplines[chair.id, fold(name)] = made
            step.insert(
                Discipline, id=made.id, department=chair.id, name=name, language=made.language,
                hours=made.hours, contact_hours=made.contact_hours, mooc=made.mooc, archived=False,
            )  # fmt: skip
            known = made
        else:
            told = {field: value for field, value in told.items() if line.text(field)}
            step.update(Discipline, known.id, **differing(known, **told))
        for group in groups:
            self._take(step, group.id, known.id)
        return step

    def _take(self, step: Step, group: str, discipline: str) -> None:
        spells = self.known.taken[group, discipline]
        if self.spell_in(spells, None, None) is None:
            made = Spell(new_id(), self.known.now, None)
            spells.append(made)
            step.insert(
                Taking, id=made.id, discipline=discipline, group=group, student=None,
                since=made.since, until=None,
            )  # fmt: skip
