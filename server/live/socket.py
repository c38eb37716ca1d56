"""The class WebSocket: from the handshake to the last frame.

Flows in: one client's frames. Flows out: requests to the handlers of messages.py, judged and paced, and
their answers to the seat. Every refusal is an `error` with a code on the open socket; the socket itself
is closed only for a goodbye, a frame past the hard limit, or a client that does not read.
"""

import asyncio
import contextlib
import logging
import time

from aiohttp import WSMsgType, web

from server.errors import ApiError
from server.live import words
from server.live.desk import LiveDesk
from server.live.limits import seconds_up
from server.live.messages import Hello
from server.live.rechecks import REFUSED
from server.live.rights import role_in_class, seat_rights
from server.live.seat import AGAIN, RESTART, Seat
from server.permissions import decide
from server.web.answers import as_api_error
from server.web.catalogue import sentence
from server.web.registry import route
from server.web.request import Request, refuse
from server.web.socket import Incoming, decode_message

log = logging.getLogger(__name__)

HELLO_WITHIN = 10.0
"""Seconds for the first message."""

HEARTBEAT = 10.0
"""Seconds of silence after which the client is pinged; half as long again and it counts as dropped."""

HARD_LIMIT = 1024 * 1024
"""Bytes of one frame. From `MESSAGE_LIMIT` to here the answer is an error, past it a closed socket."""

WHILE_WAITING = ("hello", "ping", "leave")
NOT_IN_EXAMS = frozenset(
    {
        "chat", "hand", "floor", "reaction", "question", "poll", "groups", "slides", "recording", "caption",
        "together",
    }
)  # fmt: skip
"""What messages of a class begin with that have no place in an exam: examinees hear of nobody, and what is
said between them and their proctors goes by the exam's own messages."""
"""What may be asked from the lobby."""

AT_ONCE = 4
"""Media requests of one seat under way at a time; they wait for a worker, chat must not wait for them."""


@route("GET", "/ws/lessons/{id}", action="lesson.join", target="lesson")
async def class_socket(request: Request) -> web.WebSocketResponse:
    """The class of a lesson, for as long as the page is open."""
    desk = request.house.part(LiveDesk)
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT, autoping=False, compress=False, max_msg_size=HARD_LIMIT, timeout=2.0
    )
    await socket.prepare(request.http)
    if desk.stopping:
        await socket.close(code=RESTART, message=b"restart")
        return socket
    try:
        async with asyncio.timeout(HELLO_WITHIN):
            hello = await _hello(socket, request.language)
    except TimeoutError:
        await socket.close(code=REFUSED, message=b"hello.missing")
        return socket
    if hello is None:
        return socket
    seat = Seat(
        socket,
        request.http.transport,
        desk.metrics,
        desk,
        actor=request.actor,
        standing=request.standing,
        rights=seat_rights(request.actor, request.standing),
        name=request.name,
        role=role_in_class(request.actor, request.standing),
        language=request.language,
        token=request.token,
        login=request.session,
        tab=hello.tab,
        after=hello.after,
        now=desk.now(),
    )
    await _Conversation(desk, seat, socket).run(request.object_id)
    return socket


async def _hello(socket: web.WebSocketResponse, language: str) -> Hello | None:
    """The first message; anything else is answered with an error and waited past. None: gone."""
    while True:
        frame = await socket.receive()
        match frame.type:
            case WSMsgType.TEXT:
                pass
            case WSMsgType.PING:
                await socket.pong(frame.data)
                continue
            case WSMsgType.PONG:
                continue
            case WSMsgType.BINARY:
                error = ApiError("message.malformed", 400)
                await socket.send_frame(_refused(error, language), WSMsgType.TEXT)
                continue
            case _:
                return None
        try:
            incoming = decode_message(frame.data)
            if not isinstance(incoming.body, Hello):
                raise ApiError("hello.missing", 409, id=incoming.id)
            return incoming.body
        except ApiError as error:
            await socket.send_frame(_refused(error, language), WSMsgType.TEXT)


class _Conversation:
    """One seat's reading side; owns the tasks of its socket."""

    def __init__(self, desk: LiveDesk, seat: Seat, socket: web.WebSocketResponse) -> None:
        self._desk = desk
        self._seat = seat
        self._socket = socket
        self._media = asyncio.Semaphore(AT_ONCE)
        self._requests: set[asyncio.Task[None]] = set()

    async def run(self, lesson: str) -> None:
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._seat.write(), name="seat writer")
            try:
                await self._enter(lesson)
                await self._read(group)
            finally:
                self._desk.went(self._seat)
            if self._seat.ending:
                await asyncio.wait([writer])  # it says goodbye, within its own bound
            else:
                writer.cancel()
            for request in self._requests:
                request.cancel()

    async def _enter(self, lesson: str) -> None:
        try:
            await self._desk.enter(self._seat, lesson)
        except Exception as error:
            known = as_api_error(error, "hello")
            self._desk.metrics.requests.labels("hello", known.code).inc()
            if known.status >= 500:
                self._seat.end(AGAIN, known.code)
            else:
                self._seat.bye(known.code, REFUSED, str(known.details.get("reason", "")))

    async def _read(self, group: asyncio.TaskGroup) -> None:
        while True:
            frame = await self._socket.receive()
            if self._socket.exception() is None:  # a ping that nobody answers is no sign of life
                self._seat.sign = self._desk.now()
            match frame.type:
                case WSMsgType.TEXT:
                    await self._take(frame.data, group)
                case WSMsgType.BINARY:
                    self._refuse(ApiError("message.malformed", 400), None, "unknown")
                case WSMsgType.PING:
                    with contextlib.suppress(ConnectionError):
                        await self._socket.pong(frame.data)
                case WSMsgType.PONG:
                    pass
                case _:
                    return

    async def _take(self, text: str, group: asyncio.TaskGroup) -> None:
        if self._seat.ending:
            return
        try:
            incoming = decode_message(text)
        except ApiError as error:
            wait = self._seat.paces.take("", time.monotonic())
            self._refuse(error, error.details.get("id"), "unknown")
            if wait:
                await asyncio.sleep(wait)  # whoever sends nonsense in a stream is read no faster
            return
        kind = incoming.message.name
        wait = self._seat.paces.take(kind, time.monotonic())
        if wait:
            self._desk.metrics.limited.inc()
            self._refuse(ApiError("rate.limited", 429, retry_after=seconds_up(wait)), incoming.id, kind)
            await asyncio.sleep(min(wait, 0.05))
            return
        if kind in ("media.offer", "media.restart"):
            await self._media.acquire()
            request = group.create_task(self._answer_later(incoming), name=kind)
            self._requests.add(request)
            request.add_done_callback(self._requests.discard)
        else:
            await self._answer(incoming)

    async def _answer_later(self, incoming: Incoming) -> None:
        try:
            await self._answer(incoming)
        finally:
            self._media.release()

    async def _answer(self, incoming: Incoming) -> None:
        seat, spec = self._seat, incoming.message
        try:
            refuse(seat.actor, decide(seat.actor, spec.action, seat.standing))
            if seat.waiting and spec.name not in WHILE_WAITING:
                raise ApiError("lobby.waiting", 403)
            if spec.name.partition(".")[0] in NOT_IN_EXAMS and _in_exam(seat):
                raise ApiError("exam.apart", 409)
            answer = await spec.handler(seat, incoming.body)
        except Exception as error:
            self._refuse(as_api_error(error, spec.name), incoming.id, spec.name)
            return
        self._desk.metrics.requests.labels(spec.name, "ok").inc()
        if incoming.id is not None:
            seat.answer(words.ok(incoming.id, answer))

    def _refuse(self, error: ApiError, request: str | int | None, kind: str) -> None:
        self._desk.metrics.requests.labels(kind, error.code).inc()
        self._seat.answer(_refused(error, self._seat.language, request))


def _in_exam(seat: Seat) -> bool:
    return seat.classroom is not None and seat.classroom.apart is not None


def _refused(error: ApiError, language: str, request: str | int | None = None) -> bytes:
    details = {name: value for name, value in error.details.items() if name != "id"}
    number = error.details.get("id") if request is None else request
    return words.error(number, error.code, sentence(error.code, language), details)
