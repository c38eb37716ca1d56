"""The control channel: snapshot first, changes numbered, calls answered, broken links harmless."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media import control
from media.control import Link
from media.errors import LinkClosed, Refused


class State(msgspec.Struct, tag="state"):
    value: int


class Double(msgspec.Struct, tag="double"):
    value: int


Any_ = State | Double


class Side:
    """Records what it hears; answers `Double` with the doubled value."""

    def __init__(self, value: int = 0) -> None:
        self.value = value
        self.heard: list[Any] = []
        self.links: list[Link] = []
        self.closed = 0
        self.called = asyncio.Event()

    def snapshot(self) -> State:
        return State(self.value)

    def on_open(self, link: Link) -> None:
        self.links.append(link)

    def on_snapshot(self, link: Link, body: Any) -> None:
        self.heard.append(("snapshot", body.value))

    def on_change(self, link: Link, body: Any) -> None:
        self.heard.append(("change", body.value))

    async def on_call(self, link: Link, body: Any) -> msgspec.Struct:
        self.called.set()
        if body.value < 0:
            raise Refused("value.negative", str(body.value))
        if body.value == 13:
            raise ZeroDivisionError
        if body.value == 99:
            await asyncio.sleep(60)
        return State(body.value * 2)

    def on_close(self, link: Link) -> None:
        self.closed += 1


@contextlib.asynccontextmanager
async def pair(tmp_path: Path) -> AsyncIterator[tuple[Side, Side, asyncio.Server]]:
    listener, dialer = Side(1), Side(2)
    server = await control.serve(tmp_path / "s", lambda: listener, Any_)
    dialing = asyncio.create_task(control.dial(tmp_path / "s", dialer, Any_))
    try:
        await until(lambda: listener.heard and dialer.heard)
        yield listener, dialer, server
    finally:
        dialing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await dialing
        server.close()
        for link in listener.links + dialer.links:
            link.close()
        await until(lambda: listener.closed == len(listener.links))


async def until(condition: Any, timeout: float = 5.0) -> None:
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


async def test_snapshots_both_ways_then_changes(tmp_path: Path) -> None:
    async with pair(tmp_path) as (listener, dialer, _):
        for value in range(5):
            listener.links[0].change(State(value))
        await until(lambda: len(dialer.heard) == 6)
        assert dialer.heard == [("snapshot", 1)] + [("change", v) for v in range(5)]
        assert listener.heard == [("snapshot", 2)]


async def test_calls_refusals_and_faults(tmp_path: Path) -> None:
    async with pair(tmp_path) as (listener, dialer, _):
        link = dialer.links[0]
        answers = await asyncio.gather(*(link.call(Double(v)) for v in range(13)))
        assert [a.value for a in answers] == [2 * v for v in range(13)]
        with pytest.raises(Refused) as refused:
            await link.call(Double(-4))
        assert (refused.value.reason, refused.value.detail) == ("value.negative", "-4")
        with pytest.raises(Refused) as failed:
            await link.call(Double(13))
        assert failed.value.reason == "control.failed"
        assert (await listener.links[0].call(Double(7))).value == 14


async def test_a_slow_answer_times_out_and_holds_up_nothing(tmp_path: Path) -> None:
    async with pair(tmp_path) as (_, dialer, _server):
        link = dialer.links[0]
        slow = asyncio.create_task(link.call(Double(99), timeout=0.2))
        assert (await link.call(Double(1))).value == 2
        with pytest.raises(LinkClosed):
            await slow


async def test_a_broken_link_fails_waiting_calls_and_comes_back_with_a_snapshot(tmp_path: Path) -> None:
    async with pair(tmp_path) as (listener, dialer, _):
        waiting = asyncio.create_task(dialer.links[0].call(Double(99)))
        await listener.called.wait()
        listener.value = 5
        listener.links[0].close()
        with pytest.raises(LinkClosed):
            await waiting
        await until(lambda: len(dialer.links) == 2 and ("snapshot", 5) in dialer.heard)
        dialer.links[0].change(State(1))  # the old link: dropped without a word
        with pytest.raises(LinkClosed):
            await dialer.links[0].call(Double(1))
        assert (await dialer.links[1].call(Double(3))).value == 6


async def test_a_reader_that_does_not_read_is_cut_off(tmp_path: Path) -> None:
    listener = Side(1)
    server = await control.serve(tmp_path / "s", lambda: listener, Any_)
    _reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
    await until(lambda: listener.links)
    for value in range(2_000_000):
        listener.links[0].change(State(value))
        if listener.links[0].closed:
            break
    assert listener.links[0].closed
    writer.close()
    server.close()
    await until(lambda: listener.closed == 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=64),
        st.binary(max_size=64).map(lambda b: struct.pack("!I", len(b)) + b),
        st.just(struct.pack("!I", 0xFFFFFFFF)),
        st.integers(2, 9).map(lambda n: frame("change", n, State(1))),
    )
)
async def test_rubbish_closes_the_link_and_nothing_else(tmp_path: Path, rubbish: bytes) -> None:
    listener = Side(1)
    path = tmp_path / "s"
    server = await control.serve(path, lambda: listener, Any_)
    _, writer = await asyncio.open_unix_connection(path)
    writer.write(rubbish)
    writer.write_eof()
    await until(lambda: listener.closed == 1)
    writer.close()
    server.close()
    assert not [heard for heard in listener.heard if heard[0] == "change"]


def frame(op: str, number: int, body: msgspec.Struct) -> bytes:
    payload = msgspec.msgpack.encode((op, number, body))
    return struct.pack("!I", len(payload)) + payload
