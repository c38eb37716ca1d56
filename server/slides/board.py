"""What is on the stage of a class and drawn over it, folded from the trace. Pure.

Flows in: `slides.*` entries of a session, in order. Flows out: the page that is shown, which pages were, the
strokes that stand on each page and how much was drawn in all. The same entries always make the same board,
so a server that was killed knows what it knew.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from server.live.folds import fold, tell

if TYPE_CHECKING:
    from server.live.state import ClassState

Place = tuple[str, int]
"""A deck and one of its pages."""

EVERYBODY = ""
"""In place of a person: the whole class."""

MOST_BYTES = 3_000_000
"""Of all the drawing of a class, as it is told to a page that comes: two hours of writing by hand without
a pause make about 1.5 MB."""

MOST_STROKES = 2000
"""Standing on one page."""


def weight(data: Mapping[str, Any]) -> int:
    """About how many bytes a stroke takes on the wire."""
    return 180 + 4 * len(data["points"]) + 2 * len(data["text"])


class Board:
    """The slides of one class."""

    kinds: ClassVar[frozenset[str]] = frozenset(
        {"slides.shown", "slides.closed", "slides.drawn", "slides.undone", "slides.cleared", "slides.pens"}
    )

    def __init__(self) -> None:
        self.shown: Place | None = None
        self.seen: set[Place] = set()
        self.strokes: dict[Place, dict[str, str]] = {}
        """For each page the strokes that stand, with who drew them, oldest first."""
        self.bytes = 0
        self.pens: set[str] = set()
        """Who may draw beside those who show the slides, by their leave; `EVERYBODY` for the whole class."""

    def lets_draw(self, person: str) -> bool:
        return EVERYBODY in self.pens or person in self.pens

    def apply(
        self, state: "ClassState", n: int, time: int, kind: str, actor: str, data: Mapping[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold. What was told of slides stays as it was told."""
        if kind in self.kinds:
            self._take(kind, actor, data)
        elif kind == "session.closed":
            self.pens.clear()
        return []

    def _take(self, kind: str, actor: str, data: Mapping[str, Any]) -> None:
        if kind == "slides.closed":
            self.shown = None
            return
        if kind == "slides.pens":
            self._lend(data["person"], data["on"])
            return
        place = (data["deck"], data["page"])
        if kind == "slides.shown":
            self.shown = place
            self.seen.add(place)
        elif kind == "slides.drawn":
            self.strokes.setdefault(place, {})[data["stroke"]] = actor
            self.bytes += weight(data)
        elif kind == "slides.undone":
            self.strokes.get(place, {}).pop(data["stroke"], None)
        elif kind == "slides.cleared":
            self.strokes.pop(place, None)

    def _lend(self, person: str, on: bool) -> None:
        """For everybody, or taken from everybody, it says all there is; else it is about one person."""
        if person == EVERYBODY:
            self.pens = {EVERYBODY} if on else set()
        elif on:
            self.pens.add(person)
        else:
            self.pens.discard(person)


fold(Board)
for _kind in sorted(Board.kinds):
    tell(_kind)
