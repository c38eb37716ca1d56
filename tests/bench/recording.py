"""`sabak bench recording`: what it costs to write a class to disk.

A real recorder process reads `--tracks` tracks, half cameras (15 frames/s, 500 kbit/s, a keyframe each 10 s),
half microphones (50 packets/s, 32 kbit/s), from a tap that this program plays in real time, and writes
them to `--folder`. Measured is the recorder's own CPU: per track and hour of recording, and how many
tracks that makes a core. Then the files are counted: bytes beyond what was received, a share of the
pictures' and bytes a packet of sound. Last, `long`: a lesson of 90 minutes is written as fast as it
goes, and the opening and the cues of the growing file are made, which is what a player waits for.
"""

import argparse
import asyncio
import contextlib
import json
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from media import control
from media.recording import webm
from media.recording.messages import FromRecorder, Order, Orders, PieceState, Shelf
from media.recording.piece import Piece
from media.taps import TapEnded, TapFrame, TapNews, TapTrack
from tests.bench.kit.guard import process_cpu
from tests.bench.kit.machine import describe

ROOM = "bench"
CAMERA, VOICE = 4167, 80
"""Bytes of a frame at 500 kbit/s, of a packet at 32 kbit/s."""
LONG = 90 * 60


class Player:
    """A media worker's tap, as the recorder sees it."""

    def __init__(self, tracks: int) -> None:
        self.tracks = tracks
        self._encode = msgspec.msgpack.Encoder().encode
        self._writer: asyncio.StreamWriter | None = None
        self.wished = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        with contextlib.suppress(asyncio.CancelledError):
            while head := await reader.read(4):
                wish = await reader.readexactly(struct.unpack("!I", head)[0])
                if ROOM.encode() in wish:
                    self.wished.set()

    def say(self, news: TapNews) -> None:
        assert self._writer is not None
        data = self._encode(news)
        self._writer.write(struct.pack("!I", len(data)) + data)

    async def play(self, seconds: float) -> None:
        """Every track for so long, in steps of 20 ms."""
        for track in range(self.tracks):
            video = track % 2 == 0
            kind = ("cam", "f", "VP8", 90_000) if video else ("mic", "", "opus", 48_000)
            self.say(TapTrack(track, ROOM, f"{ROOM}/u{track}/t", *kind))  # type: ignore[arg-type]
        begun = time.monotonic()
        for step in range(int(seconds * 50)):
            at = begun + step / 50
            for track in range(self.tracks):
                if track % 2:
                    frame = TapFrame(track, step * 960, at, at, False, False, 0, 0, bytes(VOICE))
                elif (step * 15 + track) % 50 < 15:
                    key = step % 500 < 4
                    size = (640, 360) if key else (0, 0)
                    frame = TapFrame(track, step * 1800, at, at, key, False, *size, bytes(CAMERA))
                else:
                    continue
                self.say(frame)
            assert self._writer is not None
            await self._writer.drain()
            await asyncio.sleep(max(0.0, begun + (step + 1) / 50 - time.monotonic()))
        for track in range(self.tracks):
            self.say(TapEnded(track))


class Server(control.Endpoint):
    """The house's server, as the recorder sees it."""

    def __init__(self) -> None:
        self.pieces: dict[str, PieceState] = {}

    def snapshot(self) -> msgspec.Struct:
        everybody = (f"{ROOM}/",)
        return Orders([Order(ROOM, {"cam": everybody, "mic": everybody})])

    def on_open(self, link: control.Link) -> None: ...

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        assert isinstance(body, Shelf)

    def on_change(self, link: control.Link, body: Any) -> None:
        if isinstance(body, PieceState):
            self.pieces[body.piece] = body

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise NotImplementedError

    def on_close(self, link: control.Link) -> None: ...


async def live(folder: Path, tracks: int, seconds: float) -> dict[str, Any]:
    player, server = Player(tracks), Server()
    tap = await asyncio.start_unix_server(player.handle, folder / "media0.taps")
    command = [sys.executable, "-m", "media.recorder", "--socket", str(folder / "recorder.sock")]
    command += ["--media", str(folder / "media0.sock"), "--folder", str(folder / "recordings")]
    process = subprocess.Popen([*command, "--log-level", "warning"])
    link = asyncio.create_task(control.dial(folder / "recorder.sock", server, FromRecorder))
    try:
        await asyncio.wait_for(player.wished.wait(), 20)
        before = process_cpu(process.pid)
        await player.play(seconds)
        for _ in range(100):
            if sum(each.state == "finished" for each in server.pieces.values()) == tracks:
                break
            await asyncio.sleep(0.1)
        cpu = process_cpu(process.pid) - before
    finally:
        link.cancel()
        process.terminate()
        process.wait()
        tap.close()
    pieces = list(server.pieces.values())
    assert len(pieces) == tracks, f"{len(pieces)} files of {tracks} tracks"
    pictures = [each for each in pieces if each.source == "cam"]
    sound = [each for each in pieces if each.source == "mic"]
    return {
        "tracks": tracks,
        "seconds": seconds,
        "cpu_s_per_track_hour": round(cpu / tracks / seconds * 3600, 2),
        "tracks_per_core": round(tracks * seconds / cpu),
        "gaps": sum(len(each.gaps) for each in pieces),
        "picture_bytes_ratio": round(
            sum(each.bytes for each in pictures) / sum(each.payload for each in pictures), 5
        ),
        "sound_bytes_per_packet_more": round(
            sum(each.bytes - each.payload for each in sound) / sum(each.frames for each in sound), 2
        ),
    }


def long(seconds: int) -> dict[str, Any]:
    """A camera for so long, written at once, then opened as a growing file."""
    state = PieceState("p", ROOM, "a/b/c", "cam", "VP8", "f", "", 0, 0, width=640, height=360)
    begun = time.process_time()
    piece: Piece | None = None
    for number in range(seconds * 15):
        at, key = number / 15, number % 150 == 0
        frame = TapFrame(
            1, number * 6000, at, at, key, False, *((640, 360) if key else (0, 0)), bytes(CAMERA)
        )
        piece = piece or Piece(state, frame)
        piece.take(frame)
    assert piece is not None
    data = bytes(piece.pending)
    written = time.process_time() - begun
    begun = time.process_time()
    found = webm.read(memoryview(data))
    assert found is not None
    opening = webm.seekable(data, found)
    return {
        "minutes": seconds // 60,
        "megabytes": round(len(data) / 1e6),
        "write_cpu_s": round(written, 2),
        "open_growing_s": round(time.process_time() - begun, 3),
        "opening_kb": round(len(opening) / 1000, 1),
        "cues": len(found.cues),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tracks", type=int, default=50)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--folder", type=Path, help="where to write; the temporary folder by default")
    parser.add_argument("--short", action="store_true", help="does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    seconds = chosen.seconds or (2.0 if chosen.short else 30.0)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = asyncio.run(live(Path(folder), 6 if chosen.short else chosen.tracks, seconds))
    found["long"] = long(60 if chosen.short else LONG)
    found["machine"] = describe()
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
