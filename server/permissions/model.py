"""The words of permissions: who acts (actor, role, scope) and how they stand to an object (standing).

Plain values, no I/O. People and live build actors, relations.py finds standings, decide.py judges.

Source: REQUIREMENTS "Roles", R26 (a role has a scope), R30 (guests).
"""

from typing import Literal, NamedTuple, get_args

import msgspec

Role = Literal[
    "student",
    "teacher",
    "curator",
    "dispatcher",
    "office_head",
    "dean",
    "observer",
    "proctor",
    "commission",
    "commission_chair",
    "secretary",
    "admin",
    "guest",
]
ROLES: tuple[Role, ...] = get_args(Role)

STAFF: frozenset[Role] = frozenset(ROLES) - {"student", "guest"}
"""Roles for which a setting can require two-factor login (R25)."""

Relation = Literal["own", "enrolled", "assigned", "stranger"]
"""How an actor stands to one object.

own       it is theirs: the account itself, the lesson they teach
enrolled  they are on its roster
assigned  somebody named them to it: a substitute, a proctor, a commission member, a guest
stranger  none of these; only a role whose scope holds the object can help
"""
RELATIONS: tuple[Relation, ...] = get_args(Relation)

ScopeKind = Literal["university", "faculty", "department", "group", "lesson"]
SCOPE_KINDS: tuple[ScopeKind, ...] = get_args(ScopeKind)


class Scope(NamedTuple):
    """A part of the university. The whole has the empty id."""

    kind: ScopeKind
    id: str = ""


UNIVERSITY = Scope("university")


class Grant(msgspec.Struct, frozen=True):
    """One role of one person, and where it holds."""

    role: Role
    scope: Scope = UNIVERSITY


State = Literal["ready", "change_password", "enrol_otp", "consent"]
"""What an account must settle before anything else, in this order; `ready` for nothing."""
STATES: tuple[State, ...] = get_args(State)

ActorKind = Literal["account", "guest", "anyone", "system"]


class Actor(msgspec.Struct, frozen=True):
    """Who asks. `program` is true for a bearer token made for a program: it cannot touch logins.

    `only`: a token made for a device may do these actions and no other; empty for no such limit.
    """

    id: str
    kind: ActorKind = "account"
    grants: tuple[Grant, ...] = ()
    state: State = "ready"
    program: bool = False
    only: tuple[str, ...] = ()

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)


ANYONE = Actor("", "anyone")
"""Nobody has logged in."""

SYSTEM = Actor("system", "system")
"""The house's own processes: recorder, vision, retention."""


class Standing(msgspec.Struct, frozen=True):
    """How an actor stands to an object, and every scope the object lies in.

    A lesson of group g in department d of faculty f has the scopes g, d, f and the lesson itself; a
    role for the whole university needs none of them to match. No relation at all, not even `stranger`:
    closed to everybody.
    """

    relations: frozenset[Relation] = frozenset({"stranger"})
    scopes: frozenset[Scope] = frozenset()
    lends: tuple[Grant, ...] = ()
    """Roles that the actor has towards this object alone, because it is made for them: a trial class."""


NOWHERE = Standing()
"""No object at all: only a role for the whole university reaches it."""
