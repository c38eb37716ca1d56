"""The control channel between processes: framed messages over a stream.

Whoever listens owns some state; whoever dials wants to follow it, and may own state the listener
follows. So each side opens a link with one **snapshot** of what it has, goes on with numbered
**changes**, and both may **call** the other and get an **answer** or a refusal. A link that breaks
loses nothing: the next one opens with a new snapshot, and whoever comes back knows everything.

A frame is a 4-byte big-endian length and a MessagePack array ``[op, number, body]``. Bodies are
msgspec Structs with a tag; each side names the union of Structs it accepts, so that a message from
a wrong version is an error with a name and not a surprise deep inside.
"""

import asyncio
import contextlib
import logging
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from media.errors import ControlError, LinkClosed, Refused

log = logging.getLogger(__name__)

MAX_FRAME = 16 * 1024 * 1024
"""Bytes. A snapshot of 2,000 peers is about 1 MB; anything past this is a broken writer."""

MAX_PENDING = 8 * 1024 * 1024
"""Bytes waiting to be written. Beyond it the link is closed: media never waits for a slow reader."""

MAX_CALLS = 256
"""Calls of the other side answered at one time; further frames wait unread."""

Op = Literal["snapshot", "change", "call", "answer", "refusal"]


class Frame(msgspec.Struct, array_like=True):
    """One message. `number` counts changes from 1 on each link; a call and its answer share one."""

    op: Op
    number: int
    body: msgspec.Raw


class Refusal(msgspec.Struct):
    code: str
    detail: str = ""


class Endpoint(Protocol):
    """One side of a link. Every method but `on_call` must return at once."""

    def snapshot(self) -> msgspec.Struct:
        """All that the other side needs to know, sent first on each new link."""

    def on_open(self, link: "Link") -> None:
        """A new link is up; the other side's snapshot has not come yet."""

    def on_snapshot(self, link: "Link", body: Any) -> None: ...

    def on_change(self, link: "Link", body: Any) -> None: ...

    async def on_call(self, link: "Link", body: Any) -> msgspec.Struct:
        """Answer a call. Raise `Refused` to refuse it with a stable code."""

    def on_close(self, link: "Link") -> None: ...


class Link:
    """One open connection. Made by `serve` and `dial`; `change` and `call` are what users touch."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        endpoint: Endpoint,
        accepts: Any,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._endpoint = endpoint
        self._encoder = msgspec.msgpack.Encoder()
        self._frames = msgspec.msgpack.Decoder(Frame)
        self._bodies = msgspec.msgpack.Decoder(accepts)
        self._changes_out = 0
        self._changes_in = 0
        self._calls_out = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._answering = asyncio.Semaphore(MAX_CALLS)
        self._answers: set[asyncio.Task[None]] = set()
        self.closed = False

    def change(self, body: msgspec.Struct) -> None:
        """Send one numbered change. Dropped silently on a closed link: the next snapshot has it."""
        if not self.closed:
            self._changes_out += 1
            self._send("change", self._changes_out, body)

    async def call(self, body: msgspec.Struct, timeout: float = 5.0) -> Any:
        """Ask the other side and wait for its answer.

        Raises:
            Refused: the other side said no; `reason` is its code.
            LinkClosed: the link went down, or no answer within `timeout` seconds.
        """
        if self.closed:
            raise LinkClosed("the link is closed")
        self._calls_out += 1
        number = self._calls_out
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._send("call", number, body)
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise LinkClosed(f"no answer within {timeout} s") from None
        finally:
            self._waiting.pop(number, None)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._writer.close()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(LinkClosed("the link went down"))

    async def run(self) -> None:
        """Read until the link ends. Owns every call it answers; those under way end with the link."""
        try:
            self._endpoint.on_open(self)
            self._send("snapshot", 0, self._endpoint.snapshot())
            async with asyncio.TaskGroup() as group:
                try:
                    while not self.closed:
                        await self._one(group)
                except (asyncio.IncompleteReadError, ConnectionError):
                    pass  # the ordinary end: the other process closed or died
                except (msgspec.MsgspecError, ControlError) as error:
                    log.error("control link: %s; closing it", error)
                finally:
                    self.close()
                    for answer in self._answers:
                        answer.cancel()  # nobody is there to hear it
        finally:
            self.close()
            self._endpoint.on_close(self)
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()

    async def _one(self, group: asyncio.TaskGroup) -> None:
        (size,) = struct.unpack("!I", await self._reader.readexactly(4))
        if size > MAX_FRAME:
            raise ControlError(f"a frame of {size} bytes")
        frame = self._frames.decode(await self._reader.readexactly(size))
        match frame.op:
            case "snapshot":
                self._changes_in = 0
                self._endpoint.on_snapshot(self, self._bodies.decode(frame.body))
            case "change":
                if frame.number != self._changes_in + 1:
                    raise ControlError(f"change {frame.number} after {self._changes_in}")
                self._changes_in = frame.number
                self._endpoint.on_change(self, self._bodies.decode(frame.body))
            case "call":
                body = self._bodies.decode(frame.body)
                await self._answering.acquire()
                answer = group.create_task(self._answer(frame.number, body))
                self._answers.add(answer)
                answer.add_done_callback(self._answers.discard)
            case "answer" | "refusal":
                self._settle(frame)

    async def _answer(self, number: int, body: Any) -> None:
        try:
            answer = await self._endpoint.on_call(self, body)
            self._send("answer", number, answer)
        except Refused as refused:
            self._send("refusal", number, Refusal(refused.reason, refused.detail))
        except Exception:
            log.exception("a call of the other process failed: %s", type(body).__name__)
            self._send("refusal", number, Refusal("control.failed", "see the log of the callee"))
        finally:
            self._answering.release()

    def _settle(self, frame: Frame) -> None:
        future = self._waiting.get(frame.number)
        if future is None or future.done():
            return  # the caller gave up
        if frame.op == "answer":
            future.set_result(self._bodies.decode(frame.body))
        else:
            refusal = msgspec.msgpack.decode(frame.body, type=Refusal)
            future.set_exception(Refused(refusal.code, refusal.detail))

    def _send(self, op: Op, number: int, body: msgspec.Struct) -> None:
        if self.closed:
            return
        payload = self._encoder.encode((op, number, body))
        self._writer.write(struct.pack("!I", len(payload)) + payload)
        if self._writer.transport.get_write_buffer_size() > MAX_PENDING:
            log.error("control link: the other process does not read; closing it")
            self.close()


async def serve(path: Path, endpoint: Callable[[], Endpoint], accepts: Any) -> asyncio.Server:
    """Listen on a Unix socket; each link that comes gets an endpoint of its own.

    A socket file left by a process that died is replaced. Only the own user may connect.
    """
    path.unlink(missing_ok=True)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # asyncio 3.11 logs a traceback when a connection's task ends as cancelled, at shutdown
        with contextlib.suppress(asyncio.CancelledError):
            await Link(reader, writer, endpoint(), accepts).run()

    server = await asyncio.start_unix_server(connected, path)
    path.chmod(0o600)
    return server


async def dial(path: Path, endpoint: Endpoint, accepts: Any) -> None:
    """Keep one link to `path` open for ever: dial, run, wait a little, dial again."""
    pause = 0.05
    while True:
        begun = time.monotonic()
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError:
            pause = min(pause * 1.5, 1.0)
        else:
            await Link(reader, writer, endpoint, accepts).run()
            # a side that hangs up at once (another version) is not dialled 20 times a second
            pause = 0.05 if time.monotonic() - begun > 1 else min(pause * 1.5, 1.0)
        await asyncio.sleep(pause)
