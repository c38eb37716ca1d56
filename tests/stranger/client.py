"""A client of Sabak written from docs/protocol.md alone: log in, sit in a class, talk, send, see, come back.

It stands for the people who will write one: nothing of the server or the media engine is imported here
(a test holds it to that), only aiortc for the media, websockets for the class, and Python's own library.
Where a name of the page is meant, the comment says under which heading it stands.
"""

import asyncio
import contextlib
import itertools
import json
import random
import secrets
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import websockets
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

Message = dict[str, Any]
OnFrame = Callable[[str, int, Any], None]
"""Slot, RTP time of the slot, decoded frame."""
MakeTrack = Callable[[], MediaStreamTrack]
"""A new track each time: aiortc ends a connection's tracks with it."""


class Refused(Exception):
    def __init__(self, code: str, details: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.details = details or {}


# --- HTTP: "Logging in" ------------------------------------------------------------------------------


def call(base: str, method: str, path: str, token: str = "", body: Message | None = None) -> Any:
    """Raises Refused with the code of the answer."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(base + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        told = json.loads(error.read())["error"]
        raise Refused(told["code"], told["details"]) from None
    return json.loads(text) if text else None


def log_in(base: str, login: str, password: str) -> str:
    """A token that is good for classes: what a first login must settle is settled."""
    answer = call(base, "POST", "/api/v1/login", body={"login": login, "password": password})
    token = str(answer["token"])
    if answer["next"] == "consent":
        for text in call(base, "GET", "/api/v1/consents", token)["pending"]:
            accepted = {"text": text["text"], "version": text["version"]}
            call(base, "POST", "/api/v1/consents", token, accepted)
    return token


def lessons_today(base: str, token: str) -> list[Message]:
    return list(call(base, "GET", "/api/v1/today", token)["lessons"])


# --- the class -----------------------------------------------------------------------------------------


def everywhere(answer: str) -> str:
    """The answer with its candidates in every m-line. They stand in the first, which is enough by RFC
    9143; aiortc looks into the last of a bundle."""
    first, *rest = answer.split("\r\nm=")
    lines = rest[0].split("\r\n")
    candidates = [line for line in lines if line.startswith(("a=candidate:", "a=end-of-candidates"))]
    others = [f"{each.rstrip()}\r\n" + "\r\n".join(candidates) for each in rest[1:]]
    return "\r\nm=".join([first, rest[0].rstrip(), *others]) + "\r\n"


class Assigned(NamedTuple):
    person: str
    source: str
    first_rtp_time: int


class Client:
    """One seat in one class. `run` keeps it until `bye`, through lost sockets and lost media."""

    def __init__(self, base: str, token: str, lesson: str, on_frame: OnFrame) -> None:
        self._url = base.replace("http", "ws", 1) + f"/ws/lessons/{lesson}"
        self._token = token
        self._tab = secrets.token_urlsafe(12)
        self._on_frame = on_frame
        self._socket: websockets.ClientConnection | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._changed = asyncio.Event()
        self._sends: list[tuple[str, MakeTrack]] = []
        self._receives: list[str] = []
        self._readers: set[asyncio.Task[None]] = set()
        self._restoring: asyncio.Task[None] | None = None
        self.welcome: Message = {}
        self.events: list[Message] = []
        self.after = 0
        self.people: dict[str, Message] = {}
        self.slots: dict[str, list[Assigned]] = {}
        self.news: list[Message] = []
        self.connection: RTCPeerConnection | None = None
        self.epoch = ""
        self.connections = 0
        self.bye = ""

    # --- the socket: "Saying hello", "When the socket ends" ----------------------------------------

    async def run(self) -> None:
        """Come in, and come back until told not to."""
        pause = 0.2
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                headers = {"Authorization": f"Bearer {self._token}"}
                async with websockets.connect(self._url, additional_headers=headers, max_size=None) as socket:
                    self._socket = socket
                    hello = {"type": "hello", "after": self.after, "tab": self._tab}
                    await socket.send(json.dumps(hello))
                    async for text in socket:
                        self._take(json.loads(text))
                        pause = 0.2
            code = self._socket.close_code if self._socket is not None else None
            self._socket = None
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError("the socket ended"))
            self._waiting.clear()
            if self.bye or code in (1000, 1008):
                return
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 5)

    def _take(self, message: Message) -> None:
        match message["type"]:
            case "ok" | "error" if message.get("id") in self._waiting:
                future = self._waiting.pop(message["id"])
                if not future.done():
                    future.set_result(message)
            case "welcome":
                self.welcome = message
                self.people = {person["id"]: person for person in message["people"]}
                lost = self.connection is not None and message["epoch"] != self.epoch
                if lost:  # "Recovery", 4
                    self._renew()
            case "event":
                self._event(message)
            case "assigned":
                self.slots.setdefault(message["slot"], []).append(
                    Assigned(message["person"], message["source"], message["first_rtp_time"])
                )
            case "media.lost":
                self._renew()
            case "bye":
                self.bye = message["code"]
            case _:
                self.news.append(message)
        self._changed.set()

    def _event(self, event: Message) -> None:
        assert event["n"] > self.after, "events come in order, each once"
        self.after = event["n"]
        self.events.append(event)
        if event["n"] <= self.welcome["n"]:
            return  # history: the list of people is newer already
        match event["kind"]:
            case "person.joined":
                self.people[event["actor"]] = {"id": event["actor"], "name": event["name"]}
            case "person.left":
                self.people.pop(event["actor"], None)

    async def until(self, what: Callable[[], Any], within: float = 10) -> Any:
        """Wait for something that a message of the server brings about."""
        async with asyncio.timeout(within):
            while not (found := what()):
                self._changed.clear()
                await self._changed.wait()
            return found

    async def ask(self, kind: str, **fields: Any) -> Message:
        """A request and its answer ("Requests"). Raises Refused, ConnectionError."""
        if self._socket is None:
            raise ConnectionError("no socket")
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"type": kind, "id": number, **fields}))
        except websockets.WebSocketException as error:
            raise ConnectionError(str(error)) from None
        answer = await asyncio.wait_for(future, 10)
        if answer["type"] == "error":
            raise Refused(answer["code"], answer.get("details"))
        return answer

    async def say(self, text: str) -> int:
        """A chat line, said once however often the socket ends meanwhile."""
        key = secrets.token_urlsafe(9)
        while True:
            try:
                return int((await self.ask("chat.send", key=key, text=text))["n"])
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(0.2)

    def said(self) -> list[str]:
        return [event["text"] for event in self.events if event["kind"] == "chat.said"]

    def drop(self) -> None:
        """The network is gone under the socket."""
        assert self._socket is not None
        self._socket.transport.abort()

    # --- media: "The offer", "Recovery" -----------------------------------------------------------------

    async def media(self, sends: Iterable[tuple[str, MakeTrack]], receives: Iterable[str]) -> None:
        """Send such tracks as ``mic``, ``cam``, ``screen``; receive these slots. Once."""
        self._sends, self._receives = list(sends), list(receives)
        await self._connect()

    async def _connect(self) -> None:
        connection = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        purposes = []
        for slot, make in self._sends:
            connection.addTransceiver(make(), "sendonly")
            purposes.append(slot)
        for slot in self._receives:
            connection.addTransceiver("audio" if slot.startswith("audio") else "video", "recvonly")
            purposes.append(slot)
        await connection.setLocalDescription(await connection.createOffer())
        transceivers = connection.getTransceivers()
        named = {each.mid: slot for each, slot in zip(transceivers, purposes, strict=True)}
        answer = await self.ask("media.offer", sdp=connection.localDescription.sdp, purposes=named)
        self.slots.clear()
        await connection.setRemoteDescription(RTCSessionDescription(everywhere(answer["sdp"]), "answer"))
        self.connection, self.epoch = connection, answer["epoch"]
        self.connections += 1
        for each in transceivers:
            slot = named[each.mid]
            if slot in self._receives:
                reader = asyncio.create_task(self._read(slot, each.receiver))
                self._readers.add(reader)
                reader.add_done_callback(self._readers.discard)

    async def _read(self, slot: str, receiver: Any) -> None:
        while True:
            frame = await receiver.track.recv()
            # aiortc counts a track's time from its first frame on; the RTP time is what the page speaks of.
            origin = receiver._RTCRtpReceiver__timestamp_mapper._origin
            self._on_frame(slot, (frame.pts + origin) % 2**32, frame)

    def _renew(self) -> None:
        """A new connection in place of one that is gone ("Recovery", 3)."""
        if self._restoring is None or self._restoring.done():
            self._restoring = asyncio.create_task(self._restore())

    async def _restore(self) -> None:
        await self._close_media()
        while True:
            try:
                return await self._connect()
            except Refused as refused:
                if "retry_after" not in refused.details:
                    raise
                await asyncio.sleep(refused.details["retry_after"])
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(0.2)

    def whose(self, slot: str, time: int) -> str:
        """The person whose frame it is, by the assignments ("News")."""
        held = [each for each in self.slots.get(slot, []) if (time - each.first_rtp_time) % 2**32 < 2**31]
        return held[-1].person if held else ""

    async def _close_media(self) -> None:
        connection, self.connection = self.connection, None
        for reader in list(self._readers):
            reader.cancel()
        if connection is not None:
            await connection.close()

    async def leave(self) -> None:
        with contextlib.suppress(ConnectionError, Refused, TimeoutError):
            await self.ask("leave")

    async def close(self) -> None:
        if self._restoring is not None:
            self._restoring.cancel()
        await self._close_media()
        if self._socket is not None:
            await self._socket.close()
