"""The one place that says who may do what: the table, the judge, relations, and what is declared."""

from server.permissions.decide import actions_for, decide, decide_somewhere, may_grant, reach
from server.permissions.model import (
    ANYONE,
    NOWHERE,
    SYSTEM,
    UNIVERSITY,
    Actor,
    Grant,
    Relation,
    Role,
    Scope,
    ScopeKind,
    Standing,
)
from server.permissions.registry import Undeclared, declared, slot, slot_action, tap, tap_action
from server.permissions.relations import encloses, enclosing, relation_of, standing_to

__all__ = [
    "ANYONE",
    "NOWHERE",
    "SYSTEM",
    "UNIVERSITY",
    "Actor",
    "Grant",
    "Relation",
    "Role",
    "Scope",
    "ScopeKind",
    "Standing",
    "Undeclared",
    "actions_for",
    "decide",
    "decide_somewhere",
    "declared",
    "encloses",
    "enclosing",
    "may_grant",
    "reach",
    "relation_of",
    "slot",
    "slot_action",
    "standing_to",
    "tap",
    "tap_action",
]
