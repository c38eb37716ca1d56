"""`sabak bench evidence`: what a clip of evidence costs, cut late out of a long recording.

Camera (640x480, 15 frames/s), screen (1280x720, 5 frames/s) and sound of an exam of `--minutes`, as the
recorder writes them: real VP8 with a keyframe each 5 s and real Opus, 20 s of them repeated with times going
on. Cut is by the desk's own path (`server.review.evidence.clip`), which keeps each clip as a file with its
SHA-256; counted is the CPU of the process, all its threads, the median of `--times` cuts.

- `cut_cpu_s`: `--seconds` out of the camera, `--before` seconds before its end; `most_cpu_s` is the slowest;
  `item_cpu_s`: the same of all three files, which is one item of the review.
- `stills_cpu_s`: camera and screen as pictures, of one flag in the middle of the clip.
- `growing_cpu_s`: out of the camera's file before it is finished, where everything is read through.
- `identical`: every frame of the clips is, byte for byte, the recording's at that time, as libav reads both,
  and none is missing from the keyframe before the window to its end.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np

from media.recording.messages import PieceState
from media.recording.piece import Piece
from media.taps import TapFrame
from server.exams.files import Files
from server.recording.tables import RecordingPiece
from server.review import evidence
from server.review.case import Mention, Part
from tests.bench.kit.machine import describe

SECOND = 1_000_000
EXAM, PERSON = "exam", "person"
LOOP = 20
"""Seconds that are really encoded."""
KEY_EVERY = 5
STARTS = 1_700_000_000 * SECOND
GOAL = 0.5


def pictures(width: int, height: int, rate: int, kilobits: int) -> list[TapFrame]:
    """A picture with noise in which something moves, as VP8."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, rate), Fraction(rate)
    encoder.gop_size, encoder.bit_rate = KEY_EVERY * rate, kilobits * 1000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    chance = np.random.default_rng(1)
    still = chance.integers(40, 200, (height // 8, width // 8), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    found: list[TapFrame] = []
    for n in range(LOOP * rate):
        image = still + chance.integers(0, 8, still.shape, dtype=np.uint8)
        at = (n * 40 // rate * 4) % (width - 120)
        image[height // 4 : height // 2, at : at + 120] = 230
        frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format="yuv420p")
        frame.pts = n
        for packet in encoder.encode(frame):
            key, when = bool(packet.is_keyframe), n / rate
            size = (width, height) if key else (0, 0)
            found.append(TapFrame(1, 0, when, when, key, False, *size, bytes(packet)))
    assert len(found) == LOOP * rate and found[0].keyframe
    return found


def sound() -> list[TapFrame]:
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = 48_000, "s16", "mono"
    encoder.time_base, encoder.bit_rate = Fraction(1, 48_000), 32_000
    chance = np.random.default_rng(2)
    found: list[TapFrame] = []
    for n in range(LOOP * 50):
        wave = chance.integers(-2000, 2000, (1, 960), dtype=np.int16)
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, n * 960, Fraction(1, 48_000)
        for packet in encoder.encode(frame):
            when = len(found) / 50
            found.append(TapFrame(1, 0, when, when, False, False, 0, 0, bytes(packet)))
    return found


def record(
    path: Path, source: str, loop: Sequence[TapFrame], rate: int, seconds: int, whole: bool
) -> RecordingPiece:
    """Write a recording with the recorder's own writer; the row that the server has of it."""
    codec = "opus" if source == "mic" else "VP8"
    state = PieceState(source, "room", PERSON, source, codec, path.name, "", 0, 0)  # type: ignore[arg-type]
    state.width, state.height = loop[0].width, loop[0].height
    piece: Piece | None = None
    with path.open("wb") as file:
        for n in range(seconds * rate):
            frame = msgspec.structs.replace(loop[n % len(loop)], at=n / rate)
            piece = piece or Piece(state, frame)
            piece.take(frame)
            if len(piece.pending) > 1 << 22:
                file.write(piece.pending)
                piece.pending.clear()
        assert piece is not None
        patches = piece.end() if whole else []
        file.write(piece.pending)
        for patch in patches:
            file.seek(patch.at)
            file.write(patch.data)
    return RecordingPiece(
        piece=source, session="session", lesson=EXAM, person=PERSON, source=source, codec=codec,
        file=path.name, starts=STARTS, ends=STARTS + seconds * SECOND if whole else None,
        width=state.width, height=state.height, bytes=path.stat().st_size,
        state="finished" if whole else "growing",
    )  # fmt: skip


def frames(path: Path, begin: int, end: int) -> list[tuple[int, bytes]]:
    """Every packet from `begin` to `end` (ms), as libav reads it."""
    found = []
    with av.open(str(path)) as file:
        if begin > 10_000:
            file.seek((begin - 10_000) * 1000)
        for packet in file.demux():
            if packet.pts is None or packet.time_base is None:
                continue
            ms = round(packet.pts * packet.time_base * 1000)
            if ms > end:
                break
            if ms >= begin:
                found.append((ms, bytes(packet)))
    return found


def identical(recording: Path, clip: Path, part: Part, window: evidence.Window) -> bool:
    """Whether the clip holds all frames of the recording from the keyframe before the window to its end."""
    first, last = (part.starts - STARTS) // 1000, (window.end - STARTS) // 1000
    wanted = [(ms - first, data) for ms, data in frames(recording, first, last)]
    return len(wanted) > 0 and frames(clip, 0, last) == wanted


def cost(
    files: Files, folder: Path, rows: Sequence[RecordingPiece], window: evidence.Window, times: int
) -> tuple[list[float], list[Part]]:
    """CPU seconds of each of so many cuts, and what the last one cut."""
    spent, parts = [], list[Part]()
    for _ in range(times):
        begun = time.process_time()
        parts = asyncio.run(evidence.clip(files, folder, rows, window, EXAM, PERSON))
        spent.append(time.process_time() - begun)
    return spent, parts


def pictured(
    files: Files, folder: Path, rows: Sequence[RecordingPiece], window: evidence.Window, times: int
) -> list[float]:
    """CPU seconds of the stills of one flag, so many times."""
    middle = (window.begin + window.end) // 2
    asked = window._replace(flags=[Mention("several", middle, middle + 10 * SECOND)])
    spent = []
    for _ in range(times):
        begun = time.process_time()
        found = asyncio.run(evidence.stills(files, folder, rows, asked, EXAM, PERSON))
        spent.append(time.process_time() - begun)
        assert [each.source for each in found] == ["cam", "screen"]
    return spent


def measure(folder: Path, minutes: int, seconds: int, before: int, times: int) -> dict[str, Any]:
    files, total = Files(folder / "exams"), minutes * 60
    camera = pictures(640, 480, 15, 600)
    rows = [
        record(folder / "cam.webm", "cam", camera, 15, total, True),
        record(folder / "screen.webm", "screen", pictures(1280, 720, 5, 400), 5, total, True),
        record(folder / "mic.webm", "mic", sound(), 50, total, True),
    ]
    growing = record(folder / "growing.webm", "cam", camera, 15, total, False)
    begin = STARTS + (total - before) * SECOND + 1_700_000
    window = evidence.Window(begin, begin + seconds * SECOND, [])
    one, (part,) = cost(files, folder, rows[:1], window, times)
    item, parts = cost(files, folder, rows, window, times)
    stills = pictured(files, folder, rows, window, times)
    slow, (other,) = cost(files, folder, [growing], window, max(1, times // 4))
    kept = files.of(EXAM, PERSON)
    same = [identical(folder / f"{each.source}.webm", kept / each.file, each, window) for each in parts]
    return {
        "minutes": minutes,
        "megabytes": {row.source: round(row.bytes / 1e6) for row in rows},
        "seconds": seconds,
        "times": times,
        "cut_cpu_s": round(statistics.median(one), 4),
        "most_cpu_s": round(max(one), 4),
        "item_cpu_s": round(statistics.median(item), 4),
        "stills_cpu_s": round(statistics.median(stills), 3),
        "growing_cpu_s": round(statistics.median(slow), 3),
        "clip_kb": round((kept / part.file).stat().st_size / 1000),
        "clip_frames": len(frames(kept / part.file, 0, 10**9)),
        "identical": all(same) and len(same) == 3 and part.sha256 == other.sha256,
        "goal_cpu_s": GOAL,
        "reached": max(one) < GOAL,
        "machine": describe(),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=int, default=120, help="of the recording")
    parser.add_argument("--seconds", type=int, default=20, help="of the clip")
    parser.add_argument("--before", type=int, default=120, help="seconds from the clip's begin to the end")
    parser.add_argument("--times", type=int, default=21)
    parser.add_argument("--folder", type=Path, help="where to write; the temporary folder by default")
    parser.add_argument("--short", action="store_true", help="does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    if chosen.short:
        chosen.minutes, chosen.times = 3, 3
    with tempfile.TemporaryDirectory(prefix="sabak-bench-evidence-", dir=chosen.folder) as folder:
        found = measure(Path(folder), chosen.minutes, chosen.seconds, chosen.before, chosen.times)
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0 if found["identical"] else 1


if __name__ == "__main__":
    sys.exit(main())
