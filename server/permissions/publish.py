"""Prints the table of rights and everything declared as docs/permissions.md; a test compares.

``python -m server.permissions.publish > docs/permissions.md`` after a change of rights: the diff is what
reviewers read. Flows in: the table and the registries. Flows out: Markdown.
"""

import importlib
import sys
from collections.abc import Iterable

from server.permissions.model import ROLES
from server.permissions.registry import Declared, declared
from server.permissions.table import GRANTS, IN_SCOPE, TABLE, Action, Need

INTRO = """# Who may do what

Printed from `server/permissions/table.py` by `python -m server.permissions.publish`; a test fails when
this page and the code differ. What is not listed is denied, to admins too.

`own`: it is theirs. `enrolled`: they are on its roster. `assigned`: named to it (substitute, proctor,
commission member, guest). `in scope`: whatever the relation, if the object lies within the scope of
the role (university, faculty, department, group). A guest's role never reaches beyond its one lesson.
"""


def render() -> str:
    """The whole page."""
    # by name: the rooms import this package
    app = importlib.import_module("server.app")
    for room in ("server.web.site", *app.ROOMS):
        importlib.import_module(room)
    parts = [INTRO, "## Actions\n", "| action | what | who |", "|---|---|---|"]
    parts += [f"| `{name}` | {row.what} | {who(row)} |" for name, row in TABLE.items()]
    parts += ["", "## Who may give which role\n", "| role | gives, within the own scope |", "|---|---|"]
    parts += [f"| {role} | {', '.join(r for r in ROLES if r in given)} |" for role, given in GRANTS.items()]
    titles = (("route", "HTTP routes"), ("message", "Messages"), ("slot", "Slots"), ("tap", "Taps"))
    for kind, title in titles:
        parts += ["", f"## {title}\n", "| | action | object |", "|---|---|---|"]
        parts += list(_listed(entry for entry in declared() if entry.kind == kind))
    return "\n".join(parts) + "\n"


def who(row: Action) -> str:
    """The last column of one action."""
    if row.anyone:
        return "anyone, without login"
    found = []
    if row.everyone:
        found.append("every account" + (" and guest" if row.guests else ""))
    if row.system:
        found.append("the house itself")
    found += [f"{role}: {_need(row.who[role])}" for role in ROLES if role in row.who]
    if row.settles:
        found.append(f"also before: {', '.join(sorted(row.settles - {'ready'}))}")
    if row.personal:
        found.append("not programs")
    return "; ".join(found)


def _need(need: Need) -> str:
    return "in scope" if need == IN_SCOPE else " or ".join(sorted(need))


def _listed(entries: Iterable[Declared]) -> Iterable[str]:
    for entry in entries:
        about = entry.target or ("narrowed" if entry.narrows else "")
        yield f"| `{entry.name}` | `{entry.action}` | {about} |"


if __name__ == "__main__":
    sys.stdout.write(render())
