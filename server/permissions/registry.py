"""What is declared: every HTTP route, WebSocket message, slot and tap, each with its action.

Flows in: declarations at import, from `@route`, `@message`, `slot` and `tap`. Flows out: the list that
the start of the server checks and the permission test is generated from. A declaration with an action
that the table does not know raises at import, so the server does not start.
"""

from typing import Literal

import msgspec

from server.permissions.table import TABLE

Kind = Literal["route", "message", "slot", "tap"]


class Undeclared(Exception):
    """Something is served without an action, or with one that the table does not know."""

    code = "permission.undeclared"


class Declared(msgspec.Struct, frozen=True):
    """One thing that asks for a right.

    name:    ``GET /api/v1/me``, ``chat.send``, ``mic``, ``recorder``.
    target:  the kind of object the relation is looked up for, empty for none.
    narrows: it has no object, and the handler narrows what it shows or does by `reach` itself.
    """

    kind: Kind
    name: str
    action: str
    target: str = ""
    narrows: bool = False


_declared: dict[tuple[Kind, str], Declared] = {}


def declare(kind: Kind, name: str, action: str, target: str = "", narrows: bool = False) -> Declared:
    """Enter one declaration.

    Raises:
        Undeclared: no such action in the table, or the name is taken.
    """
    if action not in TABLE:
        raise Undeclared(f"{kind} {name}: no action {action!r} in the table")
    if (kind, name) in _declared:
        raise Undeclared(f"{kind} {name} is declared twice")
    entry = Declared(kind, name, action, target, narrows)
    _declared[kind, name] = entry
    return entry


def slot(name: str, action: str) -> Declared:
    """Declare an up or down slot of a lesson. ``tile`` stands for ``tile0``, ``tile1`` ..."""
    return declare("slot", name, action, target="lesson")


def tap(name: str, action: str) -> Declared:
    """Declare a consumer of encoded frames."""
    return declare("tap", name, action)


def slot_action(name: str) -> str:
    """The action of a slot by its full name (``tile3``).

    Raises:
        Undeclared: no such slot.
    """
    entry = _declared.get(("slot", name)) or _declared.get(("slot", name.rstrip("0123456789")))
    if entry is None:
        raise Undeclared(f"slot {name}")
    return entry.action


def tap_action(name: str) -> str:
    """The action of a tap.

    Raises:
        Undeclared: no such tap.
    """
    entry = _declared.get(("tap", name))
    if entry is None:
        raise Undeclared(f"tap {name}")
    return entry.action


def declared(kind: Kind | None = None) -> list[Declared]:
    """Everything declared so far, by kind and name."""
    return [entry for key, entry in sorted(_declared.items()) if kind is None or entry.kind == kind]
