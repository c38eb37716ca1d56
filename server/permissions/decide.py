"""The judge: may this actor do this action to an object they stand so to? Pure; deny by default.

Flows in: an actor, an action's name, a standing. Flows out: a verdict, which the callers (web, live)
turn into 401, 403 or passage.

Scope and relation: `own`, `enrolled` and `assigned` say more than a scope, so a teacher of one faculty
keeps the right to a lesson they hold for another. Where a row admits strangers it is the role's scope
that counts, whatever the relation. The scope of a single lesson binds in every case: a guest never
leaves it. A standing without any relation is closed to everybody (a psychologist's meeting, R4).
"""

from typing import Literal

from server.permissions.model import (
    NOWHERE,
    UNIVERSITY,
    Actor,
    Grant,
    Role,
    Scope,
    Standing,
)
from server.permissions.table import GRANTS, TABLE, Action

Verdict = Literal["allowed", "login", "settle", "denied"]
"""login: log in first (401). settle: password, second factor or consent is due (403). denied: 403."""


def decide(actor: Actor, action: str, standing: Standing = NOWHERE) -> Verdict:
    """Judge one action on one object.

    Raises:
        KeyError: the action is not in the table; declarations are checked at start, so it is a defect.
    """
    rule = TABLE[action]
    first = _first(actor, rule)
    if first is not None:
        return first
    if any(_admits(rule, grant, standing) for grant in (*actor.grants, *standing.lends)):
        return "allowed"
    return "denied"


def decide_somewhere(actor: Actor, action: str) -> Verdict:
    """May the actor do it to anything at all? For lists, which then narrow by `reach` and relation."""
    rule = TABLE[action]
    first = _first(actor, rule)
    if first is not None:
        return first
    return "allowed" if any(grant.role in rule.who for grant in actor.grants) else "denied"


def reach(actor: Actor, action: str) -> frozenset[Scope]:
    """The scopes in which the actor may do it as a stranger; holds UNIVERSITY when everywhere."""
    rule = TABLE[action]
    if _first(actor, rule) not in (None, "allowed"):
        return frozenset()
    return frozenset(
        grant.scope for grant in actor.grants if "stranger" in rule.who.get(grant.role, frozenset())
    )


def actions_for(actor: Actor) -> list[str]:
    """Every action the client may offer somewhere, sorted. Each call is judged again by its object."""
    return sorted(name for name in TABLE if decide_somewhere(actor, name) == "allowed")


def may_grant(actor: Actor, role: Role, scopes: frozenset[Scope]) -> bool:
    """May the actor give or take `role` where `scopes` are the role's own scope and all that hold it?

    It also bounds who may edit, reset or disable whom: nobody touches an account holding a role that
    they could not have given, so that resetting a password is no way up.
    """
    return any(
        role in GRANTS.get(grant.role, frozenset()) and _covers(grant.scope, scopes) for grant in actor.grants
    )


def _first(actor: Actor, rule: Action) -> Verdict | None:
    """What is decided before any role is looked at, or None."""
    if rule.anyone:
        return "allowed"
    if actor.kind == "anyone":
        return "login"
    if actor.only and rule.name not in actor.only:
        return "denied"
    if actor.kind == "system":
        return "allowed" if rule.system else "denied"
    if actor.program and rule.personal:
        return "denied"
    if actor.state != "ready" and actor.state not in rule.settles:
        return "settle"
    if rule.everyone and (actor.kind == "account" or rule.guests):
        return "allowed"
    return None


def _admits(rule: Action, grant: Grant, standing: Standing) -> bool:
    need = rule.who.get(grant.role)
    if need is None:
        return False
    if grant.scope.kind == "lesson" and grant.scope not in standing.scopes:
        return False
    if "stranger" in need:
        return bool(standing.relations) and _covers(grant.scope, standing.scopes)
    return bool(need & standing.relations)


def _covers(scope: Scope, scopes: frozenset[Scope]) -> bool:
    return scope == UNIVERSITY or scope in scopes
