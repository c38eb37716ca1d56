"""Whether tracks that should grow on the disk have stopped."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from media.messages import Source

Key = tuple[str, Source]
"""Peer and source."""

GAP = 3.0
"""Seconds that a track may be without a file, once it had one. Whenever the size of a picture changes, its
file is closed and the next one begun with the next whole picture."""


class Stillness:
    """The tracks of one class. Seconds are monotonic."""

    def __init__(self) -> None:
        self._since: dict[Key, float] = {}
        self._grown: set[Key] = set()

    def stopped(self, due: AbstractSet[Key], grew: Mapping[Key, float], now: float, patience: float) -> bool:
        """Whether a track that is due has been still for too long. `grew`: when the files that are there
        last grew; `patience`: seconds for the first file to come, and for one that is there to grow."""
        self._since = {key: max(self._since.get(key, now), grew.get(key, 0.0)) for key in due}
        self._grown = (self._grown | grew.keys()) & due
        between = self._grown - grew.keys()
        return any(now - since > (GAP if key in between else patience) for key, since in self._since.items())
