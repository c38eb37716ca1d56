"""Batches of datagrams over real sockets of the loopback."""

import contextlib
import ctypes
import errno
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import mmsg

ADDRESSES = st.tuples(st.ip_addresses().map(str), st.integers(0, 65_535))


@contextlib.contextmanager
def pair(family: socket.AddressFamily = socket.AF_INET) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two bound sockets."""
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family, socket.SOCK_DGRAM) as one, socket.socket(family, socket.SOCK_DGRAM) as two:
        for each in (one, two):
            each.bind((host, 0))
            each.setblocking(False)
        yield one, two


def name_of(sock: socket.socket) -> mmsg.Name:
    return mmsg.Name(mmsg.pack_sockaddr(*sock.getsockname()[:2]))


def fail(refusal: mmsg.Refusal) -> None:
    raise AssertionError(f"refused: {refusal.error}")


def put(writer: mmsg.Writer, data: bytes, segment: int, name: mmsg.Name, tag: object = None) -> None:
    at = writer.room(len(data))
    writer.arena.view[at : at + len(data)] = data
    writer.add(at, len(data), segment, name, tag)


def received(sock: socket.socket) -> list[bytes]:
    out = []
    with contextlib.suppress(BlockingIOError):
        while True:
            out.append(sock.recv(65_536))
    return out


@given(address=ADDRESSES)
def test_addresses_pass_both_ways(address: tuple[str, int]) -> None:
    host, port = address
    packed = mmsg.pack_sockaddr(host, port)
    assert len(packed) == (28 if ":" in host else 16)
    back, number = mmsg.unpack_sockaddr(packed)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    assert socket.inet_pton(family, back) == socket.inet_pton(family, host)
    assert number == port


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_messages_arrive_in_order_cut_where_told(family: socket.AddressFamily) -> None:
    with pair(family) as (one, two):
        writer = mmsg.Writer(one.fileno(), fail)
        put(writer, b"a" * 100, 0, name_of(two))
        put(writer, b"".join(bytes([i]) * 100 for i in range(5)), 100, name_of(two))
        put(writer, b"b" * 250, 100, name_of(two))
        put(writer, b"c" * 30, 0, name_of(two))
        writer.flush()
        assert received(two) == [
            b"a" * 100, *(bytes([i]) * 100 for i in range(5)), b"b" * 100, b"b" * 100, b"b" * 50, b"c" * 30,
        ]  # fmt: skip


def test_a_place_used_for_a_cut_message_is_good_for_a_plain_one() -> None:
    with pair() as (one, two):
        writer = mmsg.Writer(one.fileno(), fail)
        for _ in range(3):
            put(writer, b"x" * 200, 100, name_of(two))
            writer.flush()
            put(writer, b"y" * 200, 0, name_of(two))
            writer.flush()
        assert received(two) == [b"x" * 100, b"x" * 100, b"y" * 200] * 3


def test_more_than_there_is_room_for_goes_out_in_between() -> None:
    with pair() as (one, two):
        two.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        writer = mmsg.Writer(one.fileno(), fail, size=4096)
        for i in range(200):
            put(writer, struct.pack("!I", i) + bytes(300), 0, name_of(two))
        writer.flush()
        assert [data[:4] for data in received(two)] == [struct.pack("!I", i) for i in range(200)]


def test_a_refused_message_comes_back_whole_and_the_others_go() -> None:
    refusals: list[mmsg.Refusal] = []
    with pair() as (one, two):
        writer = mmsg.Writer(one.fileno(), refusals.append)
        put(writer, b"first", 0, name_of(two), "first")
        put(writer, b"x" * 60_000, 30_000, name_of(two), "bad")  # larger than the path's MTU when cut
        put(writer, b"y" * 900, 10, name_of(two), "many")  # more segments than the kernel takes, maybe
        put(writer, b"last", 0, name_of(two), "last")
        writer.flush()
        got = received(two)
        assert got[0] == b"first"
        assert got[-1] == b"last"
        for refusal in refusals:
            assert refusal.error in (errno.EINVAL, errno.EMSGSIZE)
            assert refusal.tag in ("bad", "many")
            assert refusal.segment in (30_000, 10)
            assert b"".join(mmsg.pieces(refusal.payload, refusal.segment)) == refusal.payload
            assert refusal.name.raw == name_of(two).raw


def test_a_full_socket_hands_everything_back_in_order() -> None:
    refusals: list[mmsg.Refusal] = []
    with pair() as (one, two):
        writer = mmsg.Writer(one.fileno(), refusals.append)
        original = mmsg._sendmmsg
        mmsg._sendmmsg = lambda *_: -1
        try:
            for i in range(5):
                put(writer, bytes([i]) * 10, 0, name_of(two), i)
            ctypes.set_errno(errno.EAGAIN)
            writer.flush()
        finally:
            mmsg._sendmmsg = original
        assert [(r.tag, r.error, r.payload) for r in refusals] == [
            (i, errno.EAGAIN, bytes([i]) * 10) for i in range(5)
        ]
        put(writer, b"again", 0, name_of(two))
        writer.flush()
        assert received(two) == [b"again"]


def test_bursts_are_read_with_their_sources() -> None:
    with pair() as (one, two):
        reader = mmsg.Reader(slots=8)
        assert reader.read(two.fileno()) == []
        for i in range(11):
            one.sendto(bytes([i]) * (i + 1), two.getsockname())
        first = reader.read(two.fileno())
        seen = [bytes(reader.arena.view[d.at : d.at + d.size]) for d in first]
        second = reader.read(two.fileno())
        seen += [bytes(reader.arena.view[d.at : d.at + d.size]) for d in second]
        assert seen == [bytes([i]) * (i + 1) for i in range(11)]
        assert (len(first), len(second)) == (8, 3)
        assert {d.source for d in first + second} == {name_of(one).raw}


def test_coalesced_datagrams_are_taken_apart_and_have_an_age() -> None:
    with pair() as (one, two):
        two.setsockopt(mmsg.SOL_UDP, mmsg.UDP_GRO, 1)
        two.setsockopt(socket.SOL_SOCKET, mmsg.SO_TIMESTAMPNS, 1)
        writer = mmsg.Writer(one.fileno(), fail)
        put(writer, b"".join(bytes([i]) * 100 for i in range(4)) + b"end", 100, name_of(two))
        writer.flush()
        reader = mmsg.Reader(slots=8)
        burst = reader.read(two.fileno())
        got = [bytes(reader.arena.view[d.at : d.at + d.size]) for d in burst]
        assert got == [*(bytes([i]) * 100 for i in range(4)), b"end"]
        assert all(0.0 < d.age < 1.0 for d in burst)


def test_dropped_datagrams_are_told_by_the_kernel() -> None:
    with pair() as (one, two):
        two.setsockopt(socket.SOL_SOCKET, mmsg.SO_RXQ_OVFL, 1)
        two.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader = mmsg.Reader(slots=8)
        for _ in range(2):
            for _ in range(50):
                one.sendto(bytes(1000), two.getsockname())
            while reader.read(two.fileno()):
                pass
        assert reader.overflows[two.fileno()] > 0


def test_one_longer_than_its_place_is_counted() -> None:
    with pair() as (one, two):
        reader = mmsg.Reader(slots=4, room=1000)
        one.sendto(bytes(1001), two.getsockname())
        one.sendto(bytes(1000), two.getsockname())
        assert [d.size for d in reader.read(two.fileno())] == [1000]
        assert reader.truncated == 1
