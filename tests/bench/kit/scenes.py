"""What is sent and watched in each measurement: plain data.

`Scene.publishers` lists what each sender sends, `slots` what each viewer receives, `streams` what is
sent as `tests.bench.load.process` takes it. Sizes are RTP payloads in bytes. `chromium.json` holds the
packets of real Chromium streams: seconds and sizes of each frame (`tests.bench.kit.record` made it).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Stream = dict[str, Any]

RECORDED = Path(__file__).with_name("chromium.json")


@dataclass(frozen=True)
class Scene:
    name: str
    publishers: tuple[tuple[str, ...], ...]
    """What each publisher sends: mic, cam, screen."""
    slots: tuple[str, ...]
    """Every viewer's slots."""
    streams: tuple[Stream, ...]

    def frames(self, stream: Stream) -> list[list[int]]:
        sizes: list[list[int]] = stream["sizes"]
        return sizes


def _steady(name: str, packets: int) -> Scene:
    stream = {"who": 0, "source": "cam", "fps": 60, "sizes": [[1100] * packets]}
    return Scene(name, (("cam",),), ("stage",), (stream,))


def voice(who: int) -> Stream:
    """Opus at about 32 kbit/s, 20 ms a packet."""
    return {"who": who, "source": "mic", "fps": 50, "sizes": [[80]]}


@cache
def recorded(name: str) -> dict[str, Any]:
    """One stream of the vector: `length` in seconds, `times`, `sizes`."""
    found: dict[str, Any] = json.loads(RECORDED.read_text())["streams"][name]
    return found


def replay(name: str, who: int, source: str) -> Stream:
    return {"who": who, "source": source, **recorded(name)}


def fixed(name: str) -> Scene:
    """The scene of this name."""
    match name:
        case "video5" | "video2" | "video1":
            return _steady(name, int(name[-1]))
        case "audio":
            return Scene(name, (("mic",),), ("audio0",), (voice(0),))
        case "chromium":
            return Scene(name, (("cam",),), ("stage",), (replay("camera720", 0, "cam"),))
        case "lecture":
            return Scene(
                name,
                (("mic", "cam", "screen"),),
                ("audio0", "stage", "speaker"),
                (replay("camera720", 0, "cam"), replay("screen", 0, "screen"), voice(0)),
            )
        case "watched":
            # the lecture, and 24 students whose cameras and microphones are on: 51 tracks to record
            students = range(1, 25)
            lecture = fixed("lecture")
            return Scene(
                name,
                (*lecture.publishers, *((("mic", "cam"),) * 24)),
                lecture.slots,
                (
                    *lecture.streams,
                    *(replay("tile180", who, "cam") for who in students),
                    *(voice(who) for who in students),
                ),
            )
        case "seminar":
            tiles = tuple(f"tile{n}" for n in range(9))
            return Scene(
                name,
                (("mic", "cam"), ("mic", "cam"), *((("cam",),) * 7)),
                ("audio0", "audio1", *tiles),
                (*(replay("tile180", who, "cam") for who in range(9)), voice(0), voice(1)),
            )
    raise ValueError(name)


NAMES = ("video5", "video2", "video1", "audio", "chromium", "lecture", "seminar")
