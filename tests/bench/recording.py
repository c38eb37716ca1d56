"""`sabak bench recording`: what it costs to write a class to disk.

A real recorder process reads `--tracks` tracks, half cameras (15 frames/s, 500 kbit/s, a keyframe each 10 s),
half microphones (50 packets/s, 32 kbit/s), from a tap that this program plays in real time, and writes
them to `--folder`. Measured is the recorder's own CPU: per track and hour of recording, and how many
tracks that makes a core. Then the files are counted: bytes beyond what was received, a share of the
pictures' and bytes a packet of sound. Last, `long`: a lesson of 90 minutes is written as fast as it
goes, and the opening and the cues of the growing file are made, which is what a player waits for.

`beside`: 51 tracks arrive at a media worker that forwards a lecture to `--viewers`. Rounds with and
without the recorder reading them alternate; compared are the worker's CPU a forwarded packet and the
delay it adds.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
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
from media.recording.messages import Forget, FromRecorder, Order, Orders, PieceState, Shelf
from media.recording.piece import Piece
from media.taps import TapEnded, TapFrame, TapNews, TapTrack
from tests.bench.kit import scenes
from tests.bench.kit.cast import Cast
from tests.bench.kit.guard import Watch, process_cpu
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
    """The house's server, as the recorder sees it: has everybody's tracks of a room recorded."""

    def __init__(self, room: str, prefix: str) -> None:
        everybody = (prefix,)
        self.order = Order(room, {"cam": everybody, "mic": everybody, "screen": everybody})
        self.pieces: dict[str, PieceState] = {}
        self._link: control.Link | None = None

    def record(self, on: bool) -> None:
        assert self._link is not None
        self._link.change(self.order if on else Forget(self.order.room))

    def snapshot(self) -> msgspec.Struct:
        return Orders([self.order])

    def on_open(self, link: control.Link) -> None:
        self._link = link

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        assert isinstance(body, Shelf)

    def on_change(self, link: control.Link, body: Any) -> None:
        if isinstance(body, PieceState):
            self.pieces[body.piece] = body

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise NotImplementedError

    def on_close(self, link: control.Link) -> None: ...


def start(folder: Path, media: Path, server: Server) -> "tuple[subprocess.Popen[bytes], asyncio.Task[None]]":
    """A recorder that reads the taps beside `media`, and its link to `server`."""
    command = [sys.executable, "-m", "media.recorder", "--socket", str(folder / "recorder.sock")]
    command += ["--media", str(media), "--folder", str(folder / "recordings"), "--log-level", "warning"]
    process = subprocess.Popen(command)
    return process, asyncio.create_task(control.dial(folder / "recorder.sock", server, FromRecorder))


async def live(folder: Path, tracks: int, seconds: float) -> dict[str, Any]:
    player, server = Player(tracks), Server(ROOM, f"{ROOM}/")
    tap = await asyncio.start_unix_server(player.handle, folder / "media0.taps")
    process, link = start(folder, folder / "media0.sock", server)
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


async def beside(viewers: int, pairs: int, seconds: float) -> dict[str, Any]:
    async with Cast.open(scenes.fixed("watched")) as cast:
        await cast.admit(viewers)
        server = Server(cast.steering.room, "sender")
        with tempfile.TemporaryDirectory() as folder:
            process, link = start(Path(folder), cast.steering.path, server)
            try:
                await cast.send(3.0)
                cast.pids["recorder"] = process.pid
                found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
                for number in range(2 * pairs):
                    recorded = number % 2 == 1
                    server.record(recorded)
                    await cast.send(1.5)
                    await cast.sinks.do("reset")
                    watch = Watch(cast.pids)
                    await cast.send(seconds)
                    await asyncio.sleep(0.2)
                    spent = watch.stop()
                    count = await cast.sinks.do("count")
                    us = spent.own["worker"] / max(1, count["received"]) * 1e6
                    found[recorded].append((us, statistics.median(count["delays"]) * 1000))
            finally:
                link.cancel()
                process.terminate()
                process.wait()
    us = {on: statistics.median(each[0] for each in found[on]) for on in found}
    delay = {on: statistics.median(each[1] for each in found[on]) for on in found}
    return {
        "tracks": len(scenes.fixed("watched").streams),
        "viewers": viewers,
        "pairs": pairs,
        "us_worker_per_forward": {"without": round(us[False], 2), "with": round(us[True], 2)},
        "ratio": round(us[True] / us[False], 3),
        "ratios": sorted(round(b[0] / a[0], 3) for a, b in zip(found[False], found[True], strict=True)),
        "delay_ms_p50": {"without": round(delay[False], 2), "with": round(delay[True], 2)},
        "pieces": len(server.pieces),
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
    parser.add_argument("--viewers", type=int, default=50, help="of the lecture that is forwarded beside")
    parser.add_argument("--pairs", type=int, default=8, help="rounds without and with recording")
    parser.add_argument("--alone", action="store_true", help="no lecture beside it (needs no namespaces)")
    parser.add_argument("--short", action="store_true", help="does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    if chosen.short:
        chosen.viewers, chosen.pairs = 2, 1
    seconds = chosen.seconds or (2.0 if chosen.short else 30.0)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = asyncio.run(live(Path(folder), 6 if chosen.short else chosen.tracks, seconds))
    if not chosen.alone:
        found["beside"] = asyncio.run(beside(chosen.viewers, chosen.pairs, 4.0))
    found["long"] = long(60 if chosen.short else LONG)
    found["machine"] = describe()
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
