"""What the kinds share: finding units by name, making those that are missing, times in groups. Pure.

A planner goes through the rows in order and keeps its maps up to date as it goes, so that a later row
sees what an earlier one makes. A row is judged completely before the first change is noted.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from datetime import date

from server.ids import new_id
from server.imports.draft import Report, Step
from server.imports.known import Known, Spell, Unit, fold
from server.imports.lines import Bad, Line, problem
from server.plan.roster import FOREVER, MAX_GROUP, micro
from server.plan.shapes import Name
from server.plan.tables import Department, Enrolment, Faculty
from server.plan.weeks import day_bounds


class Planner(ABC):
    """`row` answers what a line changes, a step without writes when nothing does, or raises `Bad`."""

    def __init__(self, known: Known, report: Report, mapping: dict[str, str]) -> None:
        self.known = known
        self.report = report
        self.mapping = mapping
        self._seen: dict[Hashable, int] = {}
        self._sizes: dict[str, int] = {}
        for (_, group), spells in known.enrolled.items():
            open_now = any(spell.until is None or spell.until > known.now for spell in spells)
            self._sizes[group] = self._sizes.get(group, 0) + open_now

    @abstractmethod
    def row(self, line: Line) -> Step: ...

    def finish(self, steps: Iterable[Step], rest: Callable[[], None]) -> None:  # noqa: B027 - most kinds have none
        """Warnings that need all rows."""

    def warn(self, row: int, code: str, field: str, value: str) -> None:
        self.report.warn(problem(row, Bad(code, field, value), self.mapping))

    def once(self, line: Line, field: str, key: Hashable) -> None:
        """Raises:
        Bad: ``import.duplicate``: an earlier row says the same.
        """
        earlier = self._seen.setdefault(key, line.number)
        if earlier != line.number:
            raise line.bad("import.duplicate", field)

    # --- units ------------------------------------------------------------------------------------

    def group(self, name: str, field: str) -> Unit:
        """Raises:
        Bad: ``import.unknown``, ``unit.archived``.
        """
        return _usable(self.known.groups.get(fold(name)), field, name)

    def groups(self, line: Line, field: str = "groups") -> list[Unit]:
        return [self.group(name, field) for name in line.parts(field)]

    def discipline(self, line: Line) -> Unit:
        """By its name, and by its department where the file tells.

        Raises:
            Bad: ``import.unknown``, ``import.ambiguous`` (several departments have one of that name),
                ``unit.archived``.
        """
        name, department = line.need("discipline"), line.text("department")
        found = self.known.named.get(fold(name), [])
        if department:
            chairs = {unit.id for unit in self.known.chairs.get(fold(department), [])}
            found = [unit for unit in found if unit.parent in chairs]
        if len(found) > 1:
            found = [unit for unit in found if not unit.archived]
        if len(found) > 1:
            raise line.bad("import.ambiguous", "discipline")
        return _usable(found[0] if found else None, "discipline", name)

    def chair(self, line: Line) -> Unit | None:
        """The department a line names, by its faculty too where the file tells; None: it must be made.

        Raises:
            Bad: ``import.ambiguous``, ``import.unknown`` (no faculty is told to make it in),
                ``unit.archived``.
        """
        name, faculty = line.need("department"), line.text("faculty")
        if faculty:
            holder = self.known.faculties.get(fold(faculty))
            if holder is None:
                return None
            _usable(holder, "faculty", faculty)
            found = self.known.departments.get((holder.id, fold(name)))
            return None if found is None else _usable(found, "department", name)
        several = self.known.chairs.get(fold(name), [])
        if len(several) > 1:
            raise line.bad("import.ambiguous", "department")
        return _usable(several[0] if several else None, "department", name)

    def make_chair(self, line: Line, step: Step, found: Unit | None) -> Unit:
        """The department, made in its faculty when it is not there. To be called when the row is good."""
        if found is not None:
            return found
        name, faculty = line.text("department"), line.text("faculty")
        holder = self.known.faculties.get(fold(faculty))
        if holder is None:
            holder = self.known.faculties[fold(faculty)] = Unit(new_id(), faculty)
            step.insert(Faculty, id=holder.id, name=faculty, archived=False)
        made = self.known.departments[holder.id, fold(name)] = Unit(new_id(), name, holder.id)
        self.known.chairs[fold(name)].append(made)
        step.insert(Department, id=made.id, faculty=holder.id, name=name, archived=False)
        return made

    def check_names(self, line: Line) -> None:
        for field in ("faculty", "department"):
            if line.text(field):
                line.shaped(field, Name)

    # --- times in groups --------------------------------------------------------------------------

    def span(self, line: Line) -> tuple[int | None, int | None]:
        """First and last day as microseconds, None where the file does not tell.

        Raises:
            Bad: ``enrolment.range``.
        """
        since, until = line.day("since"), line.day("until")
        begins, ends = self._edge(since, 0), self._edge(until, 1)
        if ends is not None and ends <= (self.known.now if begins is None else begins):
            raise line.bad("enrolment.range", "until")
        return begins, ends

    def _edge(self, day: date | None, side: int) -> int | None:
        return None if day is None else micro(day_bounds(day, self.known.zone)[side])

    def spell_in(self, spells: Iterable[Spell], since: int | None, until: int | None) -> Spell | None:
        """The time that has a moment in common with what the row says; the latest of several."""
        begins = self.known.now if since is None else since
        ends = FOREVER if until is None else until
        meeting = [each for each in spells if each.since < ends and (each.until or FOREVER) > begins]
        return meeting[-1] if meeting else None

    def enrol(
        self, line: Line, step: Step, student: str, group: Unit, since: int | None, until: int | None
    ) -> None:
        """Put a student into a group, or move the ends of the time they are in it.

        Raises:
            Bad: ``group.full``.
        """
        spells = self.known.enrolled[student, group.id]
        spell = self.spell_in(spells, since, until)
        if spell is None:
            if self._sizes.get(group.id, 0) >= MAX_GROUP:
                raise line.bad("group.full", "group")
            self._sizes[group.id] = self._sizes.get(group.id, 0) + 1
            made = Spell(new_id(), self.known.now if since is None else since, until)
            spells.append(made)
            step.insert(
                Enrolment, id=made.id, group=group.id, student=student, since=made.since, until=made.until
            )
        else:
            step.update(Enrolment, spell.id, **moved(spell, since, until))


def moved(spell: Spell, since: int | None, until: int | None) -> dict[str, int]:
    """What of a known time differs from what the row tells; noted in `spell`. Silence changes nothing."""
    told = {"since": since, "until": until}
    changes = {name: end for name, end in told.items() if end is not None and end != getattr(spell, name)}
    for name, end in changes.items():
        setattr(spell, name, end)
    return changes


def differing(unit: Unit, **told: object) -> dict[str, object]:
    """Fields whose value differs from a unit's; noted in it."""
    changes = {name: value for name, value in told.items() if getattr(unit, name) != value}
    for name, value in changes.items():
        setattr(unit, name, value)
    return changes


def _usable(unit: Unit | None, field: str, name: str) -> Unit:
    if unit is None:
        raise Bad("import.unknown", field, name)
    if unit.archived:
        raise Bad("unit.archived", field, name)
    return unit
