"""Makes step.json, the vectors of the packet step, from the formats alone: no code of `media` runs here.

    python tests/media/vectors/make_step.py > tests/media/vectors/step.json

Each vector is a run of packets of one frame as they arrive (plain RTP), the dialect of one subscriber,
the numbers of its slot for the first packet, and the packets that must leave (plain: what is sealed is
this). See media/step.py for the layout of what leaves.
"""

import json
import struct
from typing import Any


def incoming(
    seq: int, time: int, payload: bytes, *, marker: bool = False, pt: int = 96, **more: Any
) -> bytes:
    """As a browser sends it: MID, transport-wide number; optionally CSRCs and padding."""
    csrc = b"".join(struct.pack("!I", source) for source in more.get("csrc", ()))
    padding = more.get("padding_in", 0)
    first = 0x90 | len(csrc) // 4 | (0x20 if padding else 0)
    header = struct.pack(
        "!BBHII", first, (0x80 if marker else 0) | pt, seq & 0xFFFF, time & 0xFFFFFFFF, 0x11223344
    )
    extension = bytes.fromhex("bede00024031310777000000")
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""
    return header + csrc + extension + payload + tail


def outgoing(
    state: dict[str, int],
    dialect: dict[str, int],
    index: int,
    payload: bytes,
    *,
    marker: bool = False,
    padding: int = 0,
) -> bytes:
    first = 0x80 | (0x20 if padding else 0) | (0x10 if dialect["transport_cc"] else 0)
    header = struct.pack(
        "!BBHII",
        first,
        (0x80 if marker else 0) | dialect["pt"],
        state["seq"] + index & 0xFFFF,
        state["time"] & 0xFFFFFFFF,
        state["ssrc"],
    )
    if dialect["transport_cc"]:
        number = state["transport_seq"] + index & 0xFFFF
        header += struct.pack("!IBBH", 0xBEDE0001, 0, dialect["transport_cc"] << 4 | 1, number)
    tail = bytes(padding - 1) + bytes([padding]) if padding else b""
    return header + payload + tail


def vp8(start: bool, picture: int, tl0: int, tid: int, rest: bytes) -> bytes:
    """X with I, L and T; the picture id with 15 bits."""
    return struct.pack("!BBHBB", 0x90 if start else 0x80, 0xE0, 0x8000 | picture, tl0, tid << 6) + rest


KEY = bytes.fromhex("1000009d012a80026801")
DELTA = bytes.fromhex("3100ff0102030405060708")
CHROMIUM = {"pt": 96, "transport_cc": 3}
STATE = {"seq": 4660, "time": 305419896, "ssrc": 0xCAFEBABE, "transport_seq": 770, "picture": 1000, "tl0": 17}
WRAPPING = {
    "seq": 65535,
    "time": 0xFFFFFFFF,
    "ssrc": 0xFFFFFFFF,
    "transport_seq": 65535,
    "picture": 0x7FFF,
    "tl0": 255,
}


def vector(
    name: str,
    codec: str,
    payloads: list[bytes],
    out: list[bytes],
    *,
    state: dict[str, int] = STATE,
    dialect: dict[str, int] = CHROMIUM,
    padding: tuple[int, ...] = (),
    seq: int = 100,
    **more: Any,
) -> dict[str, Any]:
    last = len(payloads) - 1
    extra = padding or (0,) * len(payloads)
    return {
        "name": name,
        "codec": codec,
        "dialect": dialect,
        "state": state,
        "input": [
            incoming(seq + i, 90000, one, marker=i == last, **more).hex() for i, one in enumerate(payloads)
        ],
        "output": [
            outgoing(state, dialect, i, one, marker=i == last, padding=extra[i]).hex()
            for i, one in enumerate(out)
        ],
    }


def frame(picture: int, tl0: int, tid: int = 0, sizes: tuple[int, ...] = (30, 31, 31, 12)) -> list[bytes]:
    """Sizes as Chromium cuts a frame: equal within one byte, the smaller first."""
    bodies = [(KEY + bytes(range(256)))[:size] for size in sizes]
    return [vp8(i == 0, picture, tl0, tid, body) for i, body in enumerate(bodies)]


def main() -> None:
    vectors = [
        vector(
            "a VP8 keyframe of four packets, the shorter first one padded",
            "VP8",
            frame(7, 200),
            frame(1000, 17),
            padding=(1, 0, 0, 0),
        ),
        vector(
            "every number at its end",
            "VP8",
            frame(0, 0),
            frame(0x7FFF, 255),
            state=WRAPPING,
            padding=(1, 0, 0, 0),
            seq=65534,
        ),
        vector(
            "an upper temporal layer in one packet",
            "VP8",
            [vp8(True, 9, 3, 2, DELTA)],
            [vp8(True, 1000, 17, 2, DELTA)],
        ),
        vector(
            "a 7-bit picture id leaves with 15 bits",
            "VP8",
            [bytes([0x90, 0xE0, 0x05, 0x09, 0x40]) + DELTA],
            [bytes([0x90, 0xE0, 0x83, 0xE8, 17, 0x40]) + DELTA],
        ),
        vector(
            "a picture id without TL0PICIDX",
            "VP8",
            [bytes([0x90, 0x80, 0x80, 0x05]) + DELTA],
            [bytes([0x90, 0x80, 0x83, 0xE8]) + DELTA],
        ),
        vector("no picture id at all", "VP8", [b"\x10" + DELTA], [b"\x10" + DELTA]),
        vector(
            "a subscriber without transport-wide numbers",
            "VP8",
            frame(7, 200),
            frame(1000, 17),
            dialect={"pt": 120, "transport_cc": 0},
            padding=(1, 0, 0, 0),
        ),
        vector(
            "H.264 goes as it is",
            "H264",
            [b"\x67\x42\xe0\x1f", b"\x65" + DELTA],
            [b"\x67\x42\xe0\x1f", b"\x65" + DELTA],
            dialect={"pt": 102, "transport_cc": 14},
            padding=(8, 0),
        ),
        vector("sound", "opus", [b"\xf8" + DELTA], [b"\xf8" + DELTA], dialect={"pt": 111, "transport_cc": 1}),
        vector(
            "CSRCs and padding of the source are left behind",
            "VP8",
            [vp8(True, 9, 3, 0, DELTA)],
            [vp8(True, 1000, 17, 0, DELTA)],
            csrc=(1, 2),
            padding_in=5,
        ),
    ]
    print(
        json.dumps(
            {"about": (__doc__ or "").split("\n\n")[2].replace("\n", " "), "vectors": vectors}, indent=1
        )
    )


if __name__ == "__main__":
    main()
