"""The slots and taps of a class, declared: which right each asks for, and what an offer may hold.

Flows out: entries of the permission registry (docs/permissions.md is printed from it), and the shape
that offers are checked against.
"""

import re
from typing import Literal

from media.messages import Direction, Kind
from server.permissions import slot, tap

slot("mic", "media.send.mic")
slot("cam", "media.send.cam")
slot("screen", "media.send.screen")
slot("audio", "media.receive")
slot("stage", "media.receive")
slot("speaker", "media.receive")
slot("tile", "media.receive")

tap("recorder", "tap.record")
tap("vision", "tap.analyse")

_NUMBERED = re.compile(r"(audio|tile)([0-9]{1,2})")

MOST = {"audio": 8, "tile": 24}
"""How many numbered slots of a kind one connection may have."""

Shape = tuple[Kind, Direction]

_PLAIN: dict[str, Shape] = {
    "mic": ("audio", "up"),
    "cam": ("video", "up"),
    "screen": ("video", "up"),
    "stage": ("video", "down"),
    "speaker": ("video", "down"),
}

_KINDS: dict[str, Literal["audio", "video"]] = {"audio": "audio", "tile": "video"}


def shape(name: str) -> Shape | None:
    """Kind and direction of the slot called `name`, or None when there is no such slot."""
    if name in _PLAIN:
        return _PLAIN[name]
    found = _NUMBERED.fullmatch(name)
    if found is None or int(found[2]) >= MOST[found[1]] or str(int(found[2])) != found[2]:
        return None
    return _KINDS[found[1]], "down"
