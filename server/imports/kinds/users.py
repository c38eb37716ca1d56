"""Accounts with their roles; students with their group. No passwords: slips give them later.

Who imports gives only roles they could give by hand, never that of an admin, and does not touch an account
that holds a role they could not give.
"""

from typing import NamedTuple

from server.ids import new_id
from server.imports.draft import Step
from server.imports.kinds.base import Planner
from server.imports.known import Account, Held, Unit, fold
from server.imports.lines import Line
from server.imports.tables import ImportAccount
from server.imports.words import LANGUAGES, ROLE_WORDS
from server.people import accounts
from server.people.accounts import MAX_ROLES, check_email, check_login, clean_name, clean_phone, searched
from server.people.tables import RoleRow, UserRow
from server.permissions.model import STAFF, Role


class _Told(NamedTuple):
    """What a row says of a person; empty for nothing."""

    name: str
    email: str
    phone: str
    language: str


class Users(Planner):
    def row(self, line: Line) -> Step:
        login = line.need("login")
        line.ruled("login", check_login)
        line.need("name")
        name = line.ruled("name", clean_name)
        line.ruled("email", check_email)
        phone = line.ruled("phone", clean_phone) if line.text("phone") else ""
        told = _Told(name, line.text("email"), phone, line.word("language", LANGUAGES))
        group = self.group(line.text("group"), "group") if line.text("group") else None
        if line.has("role"):
            line.need("role")
        roles = line.words("role", ROLE_WORDS) or ["student"]
        for role in roles:
            if role not in self.known.allowed:
                raise line.bad("import.role", "role")
        wanted = {self._grant(line, role, group) for role in roles}
        self.once(line, "login", accounts.fold(login))
        known = self.known.accounts.get(accounts.fold(login))
        if known is None:
            known, step = self._make(line, login, told)
        else:
            step = Step(line.number)
            self._change(step, known, login, told)
        if group is not None and "student" in roles:
            self._warn_of_others(line, known, group)
            self.enrol(line, step, known.id, group, None, None)
        self._give(line, step, known, wanted - known.roles)
        if step.writes and not step.new and not {held[0] for held in known.roles} <= self.known.allowed:
            raise line.bad("import.above", "login")
        if known.disabled:
            self.warn(line.number, "import.disabled", "login", login)
        return step

    def _grant(self, line: Line, role: str, group: Unit | None) -> Held:
        """A role holds where the row says: the group of a student or curator, else the department, else
        the faculty, else the university."""
        if role in ("student", "curator") and group is not None:
            return role, "group", group.id
        if line.text("department"):
            chair = self.chair(line)
            if chair is None:
                raise line.bad("import.unknown", "faculty")
            return role, "department", chair.id
        if faculty := line.text("faculty"):
            found = self.known.faculties.get(fold(faculty))
            if found is None:
                raise line.bad("import.unknown", "faculty")
            return role, "faculty", found.id
        return role, "university", ""

    def _make(self, line: Line, login: str, told: _Told) -> tuple[Account, Step]:
        made = Account(new_id(), told.name, told.email, told.phone, told.language, False)
        self.known.accounts[accounts.fold(login)] = made
        step = Step(line.number, new=True)
        step.insert(
            UserRow, id=made.id, login=login, folded=accounts.fold(login), **told._asdict(),
            searched=searched(login, told.name), created=self.known.created,
        )  # fmt: skip
        step.insert(ImportAccount, user=made.id, file=self.known.file)
        return made, step

    def _change(self, step: Step, known: Account, login: str, told: _Told) -> None:
        """What the file does not tell stays as it is."""
        changes = {
            field: value
            for field, value in told._asdict().items()
            if value and value != getattr(known, field)
        }
        if "name" in changes:
            changes["searched"] = searched(login, told.name)
        step.update(UserRow, known.id, **changes)

    def _give(self, line: Line, step: Step, known: Account, fresh: set[Held]) -> None:
        if len(known.roles) + len(fresh) > MAX_ROLES:
            raise line.bad("role.too_many", "role")
        for role, kind, scope in sorted(fresh):
            step.insert(RoleRow, id=new_id(), user=known.id, role=role, scope_kind=kind, scope=scope)
        if step.new:
            known.roles |= fresh

    def _warn_of_others(self, line: Line, known: Account, group: Unit) -> None:
        """A student who comes to another group stays in the first until the office ends it."""
        elsewhere = {scope for role, kind, scope in known.roles if (role, kind) == ("student", "group")}
        if elsewhere - {group.id} and (known.id, group.id) not in self.known.enrolled:
            self.warn(line.number, "import.other_group", "group", group.name)


def importable(roles: frozenset[Role]) -> frozenset[Role]:
    """Of the roles somebody may give, those a file may give."""
    return roles & (STAFF | {"student"}) - {"admin"}
