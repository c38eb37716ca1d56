"""When somebody was heard for the last time: what a page says counts, a ping that nobody answers does not."""

import asyncio
from types import SimpleNamespace
from typing import Any

from aiohttp import WSMessage, WSMsgType

from server.live.socket import _Conversation

PONG = WSMessage(WSMsgType.PONG, b"", "")
GIVEN_UP = WSMessage(WSMsgType.ERROR, TimeoutError(), None)
"""What aiohttp hands out when the heartbeat was not answered."""


class Socket:
    """A socket whose frames come at given times of the clock."""

    def __init__(self, clock: "Clock", *frames: tuple[int, WSMessage]) -> None:
        self._clock = clock
        self._frames = list(frames)
        self._failed: BaseException | None = None

    async def receive(self) -> WSMessage:
        self._clock.time, frame = self._frames.pop(0)
        if frame.type is WSMsgType.ERROR:
            self._failed = frame.data
        return frame

    def exception(self) -> BaseException | None:
        return self._failed


class Clock:
    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        return self.time


async def sign(*frames: tuple[int, WSMessage]) -> int:
    clock, seat = Clock(), SimpleNamespace(sign=0, ending=None)
    desk: Any = clock
    socket: Any = Socket(clock, *frames)
    talk: Any = seat
    async with asyncio.TaskGroup() as group:
        await _Conversation(desk, talk, socket)._read(group)
    return int(seat.sign)


async def test_an_unanswered_ping_is_no_sign_of_life() -> None:
    assert await sign((3, PONG), (8, PONG), (23, GIVEN_UP)) == 8


async def test_a_goodbye_is_one() -> None:
    assert await sign((3, PONG), (9, WSMessage(WSMsgType.CLOSE, 1000, ""))) == 9
    assert await sign((3, PONG), (9, WSMessage(WSMsgType.CLOSED, None, None))) == 9
