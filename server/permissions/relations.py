"""How an actor stands to an object: small resolver functions that the rooms register.

Flows in: the house, an actor, an object's kind and id. Flows out: a standing, or None when there is no
such object. Each room knows its own objects::

    @relation_of("lesson")
    async def lesson_standing(house: House, actor: Actor, key: str) -> Standing | None: ...

Scopes nest: a group lies in a department, that in a faculty. The plan says how, by `@encloses`; the
others ask `enclosing`.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from server.permissions.model import Actor, Scope, ScopeKind, Standing
from server.permissions.registry import Undeclared

if TYPE_CHECKING:
    from server.house import House

Resolver = Callable[["House", Actor, str], Awaitable[Standing | None]]
Encloser = Callable[["House", str], Awaitable[frozenset[Scope]]]

_resolvers: dict[str, Resolver] = {}
_enclosers: dict[ScopeKind, Encloser] = {}


def relation_of(kind: str) -> Callable[[Resolver], Resolver]:
    """Register the resolver for objects of `kind`."""

    def register(resolver: Resolver) -> Resolver:
        if kind in _resolvers:
            raise Undeclared(f"two resolvers for {kind}")
        _resolvers[kind] = resolver
        return resolver

    return register


def encloses(kind: ScopeKind) -> Callable[[Encloser], Encloser]:
    """Register what finds every scope that a scope of `kind` lies in (without itself)."""

    def register(encloser: Encloser) -> Encloser:
        if kind in _enclosers:
            raise Undeclared(f"two enclosers for {kind}")
        _enclosers[kind] = encloser
        return encloser

    return register


def known(kind: str) -> bool:
    return kind in _resolvers


async def standing_to(house: "House", actor: Actor, kind: str, key: str) -> Standing | None:
    """How `actor` stands to the object, or None when it does not exist.

    Raises:
        Undeclared: no room registered a resolver for this kind.
    """
    resolver = _resolvers.get(kind)
    if resolver is None:
        raise Undeclared(f"no resolver for {kind}")
    return await resolver(house, actor, key)


async def enclosing(house: "House", scope: Scope) -> frozenset[Scope]:
    """The scope itself and every scope that holds it."""
    encloser = _enclosers.get(scope.kind)
    if encloser is None:
        return frozenset({scope})
    return frozenset({scope}) | await encloser(house, scope.id)
