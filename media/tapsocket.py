"""Taps over a Unix socket: a reader sends its `Wish`, frames come until it hangs up.

Each message both ways is a 4-byte big-endian length and MessagePack of one of the Structs of
`media.taps`, tagged. Only as much is written as the reader takes: what waits is in its `TapQueue`,
which counts what it leaves out.
"""

import asyncio
import contextlib
import logging
import struct
from pathlib import Path
from typing import Final

import msgspec

from media.taps import Reader, TapFrame, TapNews, TapQueue, Taps, Wish

log = logging.getLogger(__name__)

MAX_WISH: Final = 64 * 1024
"""Bytes of what a reader may say."""
MAX_NEWS: Final = 32 * 1024 * 1024
MAX_READERS: Final = 16
GATHER: Final = 0.05
"""Seconds in which news are gathered: fifty tracks are 1,700 frames a second, and waking up and writing
for each costs forwarding more than all else about them."""
MOST_AT_ONCE: Final = 256 * 1024
"""Bytes written before the reader must have taken some."""
_SIZE = struct.Struct("!I")
_NO_SIZE = bytes(4)


class TapServer:
    """Serves the taps of a worker; make with `serve`."""

    def __init__(self, taps: Taps) -> None:
        self._taps = taps
        self._encoder = msgspec.msgpack.Encoder()
        self._wishes = msgspec.msgpack.Decoder(Wish)
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One reader, until it hangs up or says something wrong."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ready = asyncio.Event()
        tap = self._taps.open(TapQueue(ready.set))
        try:
            if len(self._taps.readers) > MAX_READERS:
                log.error("too many tap readers; one is refused")
                return
            async with asyncio.TaskGroup() as both:
                sending = both.create_task(self._send(tap, ready, writer))
                try:
                    await self._listen(tap, reader)
                finally:
                    sending.cancel()
        except* (asyncio.IncompleteReadError, ConnectionError):
            pass  # it hung up
        except* msgspec.MsgspecError as errors:
            log.error("a tap reader said something wrong: %s", errors.exceptions[0])
        finally:
            self._taps.close(tap)
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _listen(self, tap: Reader, reader: asyncio.StreamReader) -> None:
        while True:
            (size,) = struct.unpack("!I", await reader.readexactly(4))
            if size > MAX_WISH:
                raise msgspec.ValidationError(f"a wish of {size} bytes")
            tap.wish = self._wishes.decode(await reader.readexactly(size))

    async def _send(self, tap: Reader, ready: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        wall = self._taps.wall
        while True:
            await ready.wait()
            await asyncio.sleep(GATHER)
            ready.clear()
            out = bytearray()
            while (news := tap.queue.take()) is not None:
                if isinstance(news, TapFrame):
                    news.wall = news.at + wall
                at = len(out)
                out += _NO_SIZE
                self._encoder.encode_into(news, out, -1)
                _SIZE.pack_into(out, at, len(out) - at - 4)
                if len(out) >= MOST_AT_ONCE:
                    writer.write(out)
                    await writer.drain()
                    out = bytearray()
            writer.write(out)
            await writer.drain()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()


async def serve(path: Path, taps: Taps) -> tuple[asyncio.Server, TapServer]:
    """Listen on a Unix socket of this user alone; a file left by a dead process is replaced."""
    path.unlink(missing_ok=True)
    made = TapServer(taps)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await made.handle(reader, writer)

    server = await asyncio.start_unix_server(connected, path)
    path.chmod(0o600)
    return server, made


class TapClient:
    """The reader's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._decoder: msgspec.msgpack.Decoder[TapNews] = msgspec.msgpack.Decoder(TapNews)

    def wish(self, wish: Wish) -> None:
        data = msgspec.msgpack.encode(wish)
        self._writer.write(struct.pack("!I", len(data)) + data)

    async def news(self) -> TapNews:
        """The next message.

        Raises:
            asyncio.IncompleteReadError, ConnectionError: the worker went away.
            msgspec.MsgspecError: a worker of another version.
        """
        (size,) = struct.unpack("!I", await self._reader.readexactly(4))
        if size > MAX_NEWS:
            raise msgspec.ValidationError(f"tap news of {size} bytes")
        return self._decoder.decode(await self._reader.readexactly(size))

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


async def dial(path: Path) -> TapClient:
    """Raises OSError when nobody listens."""
    return TapClient(*await asyncio.open_unix_connection(path))
