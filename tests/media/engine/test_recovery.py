"""Scenarios of paths that change: new addresses, ICE restarts, silence, goodbyes, ICE-TCP."""

import asyncio
import contextlib
import secrets
import struct
from typing import Any

import pytest

from media import peer as peers
from media.errors import Refused
from media.messages import Assigned, OpenPeer, PeerState, RestartIce, RoomSpec
from media.wire import stun
from tests.media.engine.kit import (
    EVERYONE,
    FINGERPRINT,
    LISTENER,
    PUBLISHES,
    Camera,
    Client,
    House,
    house,
    receives,
)
from tests.patience import until

pytestmark = pytest.mark.engine

STAGE = 1000


async def film_until(camera: Camera, condition: Any, what: str) -> None:
    number = 5000

    def turn() -> Any:
        nonlocal number
        number += 1
        camera.frame(number, key=True)
        return condition()

    await until(turn, what, every=0.03)


async def watched(made: House) -> tuple[Client, Client, Camera]:
    teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
    student = await made.open("student", receives("stage"), LISTENER).connect()
    camera = Camera(teacher, "1", 0xCAFE, "h")
    await film_until(camera, lambda: student.of(STAGE), "the picture is there")
    return teacher, student, camera


async def test_a_new_address_is_followed_after_a_signed_nomination_only() -> None:
    async with house() as made:
        _, student, camera = await watched(made)
        old = student.transport
        assert old is not None
        student.transport = None
        await student.bind()
        student.packets.clear()
        before = made.count("stranger")
        student.send_rtcp(b"\x80\xc9\x00\x01" + bytes(4))  # authentic, but from an unknown address
        await until(lambda: made.count("stranger") > before, "a stranger so far")
        student.check(use_candidate=False)
        await until(lambda: len(made.engine.peers["student"].agent.paths) == 2, "the path is proven")
        assert made.engine.peers["student"].downlink.path is made.engine.peers["student"].agent.paths[0]
        student.check()
        await until(
            lambda: made.engine.peers["student"].downlink.path is made.engine.peers["student"].agent.paths[1],
            "and nominated",
        )
        await film_until(camera, lambda: student.of(STAGE), "the picture is back")
        old.close()


async def test_ice_restart_keeps_the_old_ufrag_until_the_new_one_is_nominated() -> None:
    async with house() as made:
        _, student, camera = await watched(made)
        first = student.server
        fresh = RestartIce("student", secrets.token_hex(4), secrets.token_hex(12), "newlocal", "newpassword")
        made.engine.restart_ice(fresh)
        student.stun.clear()
        student.check()
        await until(lambda: student.stun, "the old ufrag is still answered")
        assert student.stun[0].kind == stun.SUCCESS
        student.server, student.local = (fresh.ufrag, fresh.password), ("newlocal", "newpassword")
        student.stun.clear()
        student.check()
        await until(lambda: student.stun, "the new one is answered")
        assert not made.engine.port.knows(first[0])
        student.server, student.local = first, student.association._local
        student.stun.clear()
        student.check()
        await asyncio.sleep(0.1)
        assert not student.stun
        student.packets.clear()
        await film_until(camera, lambda: student.of(STAGE), "the picture goes on with the same keys")


@pytest.mark.slow
async def test_silence_is_told_after_a_while_and_ends_in_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "SILENT", 0.3)
    monkeypatch.setattr(peers, "GONE", 0.9)
    async with house() as made:
        student = await made.open("student", receives("stage"), LISTENER).connect()
        await until(lambda: made.of(PeerState)[-1].state == "silent", "silent")
        student.check()
        await until(lambda: made.of(PeerState)[-1].state == "connected", "a check is a sign of life")
        await until(lambda: made.of(PeerState)[-1].state == "gone", "gone")
        assert "student" not in made.engine.peers
        assert not made.engine.port.knows(student.server[0])


async def test_a_peer_that_never_comes_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "UNOPENED", 0.2)
    async with house() as made:
        made.open("ghost", receives("stage"), LISTENER)
        await until(lambda: made.of(PeerState), "it is closed")
        assert made.of(PeerState)[-1] == PeerState("ghost", "gone", "peer.unopened")


async def test_a_dtls_goodbye_of_the_client_ends_the_peer() -> None:
    async with house() as made:
        student = await made.open("student", receives("stage"), LISTENER).connect()
        student.association._ssl.shutdown()
        student.send(*student.association._drain())
        await until(lambda: made.of(PeerState)[-1].state == "gone", "gone")
        assert made.of(PeerState)[-1].reason == "dtls.closed"


async def test_a_worker_that_stops_says_goodbye_to_everybody() -> None:
    async with house() as made:
        student = await made.open("student", receives("stage"), LISTENER).connect()
        made.engine.close_peer(made.engine.peers["student"], "test")
        await until(lambda: student.closed_by_server, "a close_notify")


async def test_who_leaves_empties_the_slots_that_showed_them() -> None:
    async with house() as made:
        await watched(made)
        made.engine.close_peer(made.engine.peers["teacher"], "test")
        await until(lambda: made.of(Assigned)[-1].publisher == "", "the stage is empty")
        assert made.of(Assigned)[-1].peer == "student"


async def test_calls_that_cannot_be_are_refused_with_a_code() -> None:
    async with house() as made:
        made.open("student", receives("stage"), LISTENER)

        def refusal(name: str, room: str, ufrag: str) -> str:
            call = OpenPeer(name, room, ufrag, "p" * 22, "u", "p", [FINGERPRINT], receives("stage"), LISTENER)
            with pytest.raises(Refused) as caught:
                made.engine.open_peer(call)
            return caught.value.reason

        taken = made.clients[0].server[0]
        assert refusal("student", "room", "abcd") == "peer.exists"
        assert refusal("other", "nowhere", "abcd") == "room.unknown"
        assert refusal("other", "room", taken) == "peer.ufrag"
        with pytest.raises(Refused, match=r"peer\.unknown"):
            made.engine.restart_ice(RestartIce("nobody", "a", "b", "c", "d"))


async def test_a_servers_snapshot_opens_and_closes_rooms_and_spares_unknown_peers() -> None:
    from media.messages import Desired

    async with house() as made:
        await made.open("student", receives("stage"), LISTENER).connect()
        made.engine.desired(Desired([RoomSpec("room"), RoomSpec("other")], {}))
        assert set(made.engine.rooms) == {"room", "other"}
        assert "student" in made.engine.peers
        assert made.engine.peers["student"].unwanted_since is not None
        made.engine.desired(Desired([RoomSpec("room")], {"student": LISTENER}))
        assert made.engine.peers["student"].unwanted_since is None
        assert set(made.engine.rooms) == {"room"}
        made.engine.desired(Desired([], {}))
        assert not made.engine.peers
        assert made.of(PeerState)[-1].reason == "room.closed"


@pytest.mark.slow
async def test_pictures_stay_where_they_are_while_no_server_listens() -> None:
    async with house() as made:
        _, student, camera = await watched(made)
        made.engine.frozen = True
        other = await made.open("other", PUBLISHES, EVERYONE).connect()
        film = Camera(other, "2", 0xF00D)  # a screen, which would take the stage
        for number in range(20):
            film.frame(number, key=True)
            camera.frame(number, key=True)
            await asyncio.sleep(0.03)
        assert made.engine.peers["student"].seats["stage"].peer == "teacher"
        assert len([one for one in made.of(Assigned) if one.peer == "student"]) == 1
        made.engine.frozen = False
        made.engine.rooms["room"].dirty = True

        def changed() -> bool:
            film.frame(100, key=True)
            return made.of(Assigned)[-1].publisher == "other"

        await until(changed, "the screen takes the stage", every=0.03)
        assert student.packets


# --- ICE over TCP ----------------------------------------------------------------------------------


class Stream:
    """A client's TCP connection with RFC 4571 frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            self.writer.write(struct.pack("!H", len(frame)) + frame)

    async def frame(self) -> bytes:
        (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        return await self.reader.readexactly(size)


@contextlib.asynccontextmanager
async def stream(made: House) -> Any:
    reader, writer = await asyncio.open_connection(*made.address)
    try:
        yield Stream(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_student_behind_a_udp_block_watches_over_tcp() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = made.open("student", receives("stage"), LISTENER)
        camera = Camera(teacher, "1", 0xCAFE, "h")
        async with stream(made) as line:
            now = asyncio.get_running_loop().time()
            line.send(*student.association.tick(now))
            number = 0
            while len(student.of(STAGE)) < 10:
                if student.association.open:
                    number += 1
                    camera.frame(number, key=True)
                data = await asyncio.wait_for(line.frame(), 5)
                if data[0] < 4:
                    line.send(*student.association.stun(data, now))
                elif data[0] < 64:
                    line.send(*student.association.dtls(data))
                else:
                    student._media(data)
            assert made.engine.peers["student"].agent.nominated is not None
            assert made.engine.peers["student"].agent.nominated.kind == "tcp"
        await until(lambda: made.engine.peers["student"].agent.nominated is None, "the path is lost with it")


async def test_strange_streams_are_closed() -> None:
    async with house() as made:
        for data in (b"GET / HTTP/1.1\r\n\r\n", struct.pack("!H", 40) + bytes(40), b"\x00\x05hello"):
            async with stream(made) as line:
                line.writer.write(data)
                try:
                    assert await asyncio.wait_for(line.reader.read(100), 5) == b""
                except ConnectionResetError:
                    pass
        await until(lambda: made.count("streams") == 0, "nothing stays open")
        assert made.count("tcp_malformed") == 1
