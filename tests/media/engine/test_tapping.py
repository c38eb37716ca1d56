"""A reader on the tap socket while a class goes on."""

import asyncio
import contextlib
import itertools
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media import tapsocket
from media.messages import Rights
from media.taps import TapEnded, TapFrame, TapLost, TapNews, TapTrack, Wish
from media.wire import rtcp
from tests.media.engine.kit import EVERYONE, PUBLISHES, Camera, House, house
from tests.patience import until

pytestmark = pytest.mark.engine


@contextlib.asynccontextmanager
async def reading(made: House, path: Path, wish: Wish) -> AsyncIterator[list[TapNews]]:
    """A reader with this wish; what it hears is collected."""
    server, handler = await tapsocket.serve(path, made.engine.taps)
    client = await tapsocket.dial(path)
    heard: list[TapNews] = []

    async def listen() -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                heard.append(await client.news())

    listening = asyncio.create_task(listen())
    client.wish(wish)
    try:
        yield heard
    finally:
        await client.close()
        await listening
        await until(lambda: not made.engine.taps.readers, "the worker lets go")
        handler.close()
        server.close()


def frames(heard: list[TapNews]) -> list[TapFrame]:
    return [news for news in heard if isinstance(news, TapFrame)]


async def test_the_largest_layer_is_read_frame_by_frame(tmp_path: Path) -> None:
    async with house() as made, reading(made, tmp_path / "taps", Wish(sources=("cam",))) as heard:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        small = Camera(teacher, "1", 0x10, "q", height=180)
        large = Camera(teacher, "1", 0x11, "f", height=720)
        number = 0

        def film() -> bool:
            nonlocal number
            for camera in (small, large):
                camera.frame(number, packets=3, key=number % 10 == 0)
            number += 1
            return len(frames(heard)) > 30

        await until(film, "thirty frames", every=0.02)
        begun = next(news for news in heard if isinstance(news, TapTrack))
        assert (begun.room, begun.peer, begun.source, begun.codec) == ("room", "teacher", "cam", "VP8")
        last = [news for news in heard if isinstance(news, TapTrack)][-1]
        assert last.rid == "f"
        piece = [frame for frame in frames(heard) if frame.track == last.track]
        assert any((frame.width, frame.height) == (1280, 720) for frame in piece if frame.keyframe)
        assert not any(frame.gap for frame in piece[1:])
        steps = {(b.time - a.time) & 0xFFFFFFFF for a, b in itertools.pairwise(piece)}
        assert steps == {3000}
        assert all(frame.wall > 1_700_000_000 for frame in piece)
        made.engine.close_peer(made.engine.peers["teacher"], "test")
        await until(lambda: isinstance(heard[-1], TapEnded), "the piece ends")


@pytest.mark.slow
async def test_a_reader_gets_its_keyframes_and_only_its_rooms(tmp_path: Path) -> None:
    wish = Wish(rooms=("room",), sources=("cam",), keyframes=0.5)
    async with house() as made, reading(made, tmp_path / "taps", wish) as heard:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        camera = Camera(teacher, "1", 0x11, "f")

        def film() -> bool:
            asked = len(teacher.heard(rtcp.PictureLoss))
            camera.frame(1, key=asked > film.answered)  # type: ignore[attr-defined]
            film.answered = asked  # type: ignore[attr-defined]
            return sum(frame.keyframe for frame in frames(heard)) >= 2

        film.answered = 0  # type: ignore[attr-defined]
        await until(film, "two keyframes that were asked for", every=0.03)
        for reader in made.engine.taps.readers:
            reader.wish = Wish(rooms=("another",))
        await until(lambda: isinstance(heard[-1], TapEnded), "nothing of this room any more")


async def test_what_may_not_be_sent_is_not_read(tmp_path: Path) -> None:
    """A page that goes on sending after it was muted is not recorded either."""
    async with house() as made, reading(made, tmp_path / "taps", Wish(sources=("cam",))) as heard:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        camera = Camera(teacher, "1", 0x11, "f")
        number = 0

        def film() -> bool:
            nonlocal number
            camera.frame(number, key=number % 10 == 0)
            number += 1
            return len(frames(heard)) > 3

        await until(film, "some frames", every=0.02)
        made.engine.set_rights("teacher", Rights(("mic",), EVERYONE.audience, EVERYONE.labels))

        def over() -> bool:
            film()
            return isinstance(heard[-1], TapEnded)

        await until(over, "the piece ends", every=0.02)
        made.engine.set_rights("teacher", EVERYONE)

        def again() -> bool:
            film()
            return isinstance(heard[-1], TapFrame)

        await until(again, "it goes on", every=0.02)


async def test_a_reader_that_does_not_read_loses_frames_and_media_goes_on(tmp_path: Path) -> None:
    async with house() as made:
        server, handler = await tapsocket.serve(tmp_path / "taps", made.engine.taps)
        client = await tapsocket.dial(tmp_path / "taps")
        client.wish(Wish(sources=("cam",)))
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        camera = Camera(teacher, "1", 0x11, "f")
        await until(lambda: made.engine.taps.readers, "the reader is there")
        made.engine.taps.readers[0].queue._limit = 200_000

        def film() -> bool:
            for _ in range(5):
                camera.frame(1, packets=8, key=True, size=1100)
            return made.engine.taps.dropped() > 50

        await until(film, "frames are left out", every=0.02)
        told = 0
        while not told:
            news = await asyncio.wait_for(client.news(), 5)
            told += news.frames if isinstance(news, TapLost) else 0
            camera.frame(1, key=True)
        assert told > 0
        await client.close()
        handler.close()
        server.close()
        await until(lambda: not made.engine.taps.readers, "the reader is forgotten")


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", struct.pack("!I", 5) + b"nope!", b"\x00"])
async def test_what_is_no_wish_ends_the_reader_alone(data: bytes, tmp_path: Path) -> None:
    async with house() as made:
        server, _ = await tapsocket.serve(tmp_path / "taps", made.engine.taps)
        reader, writer = await asyncio.open_unix_connection(tmp_path / "taps")
        writer.write(data)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert made.engine.taps.readers == []
        writer.close()
        server.close()
