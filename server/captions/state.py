"""Who may write captions in a class, folded from the trace. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from server.live.folds import fold, tell

if TYPE_CHECKING:
    from server.live.state import ClassState


class Captions:
    """`writers`: people who write by leave of who runs the class; it ends with the class."""

    def __init__(self) -> None:
        self.writers: set[str] = set()

    def apply(
        self, state: "ClassState", n: int, time: int, kind: str, actor: str, data: Mapping[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold."""
        if kind == "caption.lent":
            (self.writers.add if data["on"] else self.writers.discard)(data["person"])
        elif kind == "session.closed":
            self.writers.clear()
        return []


fold(Captions)
for _kind in ("caption.said", "caption.lent"):
    tell(_kind)
