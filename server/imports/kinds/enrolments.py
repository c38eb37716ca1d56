"""Students in groups, and single students with a discipline (exchange students, R30), over time."""

from server.ids import new_id
from server.imports.draft import Step
from server.imports.kinds.base import Planner, moved
from server.imports.known import Spell
from server.imports.lines import Line
from server.people.accounts import fold
from server.plan.tables import Taking


class Enrolments(Planner):
    def row(self, line: Line) -> Step:
        account = self.known.accounts.get(fold(line.need("login")))
        if account is None:
            raise line.bad("person.unknown", "login")
        if not any(role == "student" for role, _, _ in account.roles):
            raise line.bad("person.role", "login")
        since, until = self.span(line)
        if bool(line.text("group")) == bool(line.text("discipline")):
            raise line.bad("import.either", "group")
        step = Step(line.number)
        if line.text("group"):
            group = self.group(line.text("group"), "group")
            self.once(line, "login", (account.id, group.id, since))
            self.enrol(line, step, account.id, group, since, until)
        else:
            discipline = self.discipline(line)
            self.once(line, "login", (account.id, discipline.id, since))
            self._take(step, account.id, discipline.id, since, until)
        step.new = any(write.key is None for write in step.writes)
        return step

    def _take(self, step: Step, student: str, discipline: str, since: int | None, until: int | None) -> None:
        spells = self.known.taken[student, discipline]
        spell = self.spell_in(spells, since, until)
        if spell is not None:
            step.update(Taking, spell.id, **moved(spell, since, until))
            return
        made = Spell(new_id(), self.known.now if since is None else since, until)
        spells.append(made)
        step.insert(
            Taking, id=made.id, discipline=discipline, group=None, student=student,
            since=made.since, until=until,
        )  # fmt: skip
