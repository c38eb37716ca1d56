"""How an actor stands to an object: small resolver functions that the rooms register.

Flows in: the house, an actor, an object's kind and id. Flows out: a standing, or None when there is no
such object. Each room knows its own objects::

    @relation_of("lesson")
    async def lesson_standing(house: House, actor: Actor, key: str) -> Standing | None: ...

Scopes nest: a group lies in a department, that in a faculty. The plan says how, by `@encloses`, what
each is called, by `@names`, and who studies in it, by `@members_of`; the others ask `enclosing`,
`scope_name`, `scope_exists` and `members`.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from server.permissions.model import Actor, Scope, ScopeKind, Standing
from server.permissions.registry import Undeclared

if TYPE_CHECKING:
    from server.house import House

Resolver = Callable[["House", Actor, str], Awaitable[Standing | None]]
Encloser = Callable[["House", str], Awaitable[frozenset[Scope]]]
Namer = Callable[["House", str], Awaitable[str | None]]
Lister = Callable[["House", str], Awaitable[Collection[str]]]

_resolvers: dict[str, Resolver] = {}
_namers: dict[ScopeKind, Namer] = {}
_listers: dict[ScopeKind, Lister] = {}
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


def names(kind: ScopeKind) -> Callable[[Namer], Namer]:
    """Register what finds the name of a scope of `kind`; None when there is no such scope."""

    def register(namer: Namer) -> Namer:
        if kind in _namers:
            raise Undeclared(f"two namers for {kind}")
        _namers[kind] = namer
        return namer

    return register


def members_of(kind: ScopeKind) -> Callable[[Lister], Lister]:
    """Register what lists the ids of the accounts that study in a scope of `kind` now."""

    def register(lister: Lister) -> Lister:
        if kind in _listers:
            raise Undeclared(f"two listers for {kind}")
        _listers[kind] = lister
        return lister

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


async def scope_name(house: "House", scope: Scope) -> str:
    """What people call the scope; empty for the university and for what is not there."""
    namer = _namers.get(scope.kind)
    return (await namer(house, scope.id) if namer else None) or ""


async def scope_exists(house: "House", scope: Scope) -> bool:
    """Whether there is such a part of the university; without a namer nobody can say, so no."""
    if scope.kind == "university":
        return scope.id == ""
    namer = _namers.get(scope.kind)
    return namer is not None and await namer(house, scope.id) is not None


async def members(house: "House", scope: Scope) -> Collection[str]:
    """Ids of the accounts that study in the scope now."""
    lister = _listers.get(scope.kind)
    return await lister(house, scope.id) if lister else ()
