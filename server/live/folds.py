"""What other rooms add to the running class: kinds of entries, how they are told, and states of their own.

At import a room calls `tell` for each kind that pages shall hear of, and `fold` for a state that follows
from the entries. Flows out: `Telling`s for classroom.py, folds for state.py. Who hears an entry is part of
it: most are told to everybody, some to a few (`Audience`), and nobody else ever gets their bytes.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from server.live.state import ClassState

Audience = frozenset[str] | None
"""Ids of people, and `RUNS`; None is everybody."""

RUNS = "@runs"
"""In an audience: whoever runs the class. No person has such an id."""

EVERYBODY: Audience = None


class Fold(Protocol):
    """A part of the state of one class. Holds nothing that is not in the trace."""

    def apply(
        self, state: "ClassState", n: int, time: int, kind: str, actor: str, data: dict[str, Any]
    ) -> list[int]:
        """Take in an entry, after the class itself has. Returns the numbers of earlier entries that are
        told differently from now on."""


AnyFold = TypeVar("AnyFold", bound=Fold)


class Telling(NamedTuple):
    """How a kind is told. `audience`: of (actor, data); `shown`: the data of entry n as it stands now."""

    audience: Callable[[str, dict[str, Any]], Audience]
    shown: Callable[["ClassState", int, dict[str, Any]], dict[str, Any]]


KINDS = {"session.opened", "session.closed", "person.joined", "person.left", "chat.said", "media.state"}
"""The kinds that clients are told. Other entries of a session pass by and only move its `n` on."""

TELLINGS: dict[str, Telling] = {}
FOLDS: list[Callable[[], Fold]] = []


def private(actor: str, data: dict[str, Any]) -> Audience:
    """The rule for every kind: an entry that names whom it goes `to` is for the two alone. `of` names the
    other of the two where the actor need not be."""
    to = data.get("to")
    return frozenset((data.get("of", actor), to)) if to else EVERYBODY


def _as_it_is(state: "ClassState", n: int, data: dict[str, Any]) -> dict[str, Any]:
    return data


_PLAIN = Telling(private, _as_it_is)


def tell(
    kind: str,
    *,
    audience: Callable[[str, dict[str, Any]], Audience] = private,
    shown: Callable[["ClassState", int, dict[str, Any]], dict[str, Any]] = _as_it_is,
) -> None:
    """Have entries of `kind` told to the pages of the class."""
    KINDS.add(kind)
    TELLINGS[kind] = Telling(audience, shown)


def fold(make: Callable[[], Fold]) -> None:
    """Have a state of one's own in every class."""
    FOLDS.append(make)


def telling(kind: str) -> Telling:
    return TELLINGS.get(kind, _PLAIN)


def may_hear(audience: Audience, who: frozenset[str]) -> bool:
    """Whether a listener of these names (the own id, perhaps RUNS) is in the audience."""
    return audience is None or not audience.isdisjoint(who)
