"""Strangers and broken clients: bounded, counted, without an answer, harmless to the class."""

import asyncio
import os
import random
import secrets
import struct

import pytest

from media import dtls as dtls_module
from media.messages import PeerState
from media.wire import rtcp, rtp, stun
from tests.media.engine.kit import (
    EVERYONE,
    EXTENSIONS,
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


async def settled(made: House, count: int) -> None:
    """Until so many datagrams have been read."""
    await until(lambda: made.count("datagrams_in") >= count, f"{count} datagrams are read")
    await asyncio.sleep(0.02)


def check(ours: str, theirs: str, password: bytes) -> bytes:
    return stun.binding_request(
        secrets.token_bytes(12), f"{ours}:{theirs}", password, priority=1, tie_breaker=1, use_candidate=True
    )


async def test_strangers_get_silence_and_a_count() -> None:
    async with house() as made:
        made.open("student", receives("stage"), LISTENER)
        ufrag, password = made.clients[0].server
        local = made.clients[0].local[0]
        stranger = made.stranger()
        good = check(ufrag, local, password.encode())
        unsigned = stun.build(stun.REQUEST, bytes(12), [(stun.USERNAME, f"{ufrag}:{local}".encode())], None)
        datagrams = {
            "stranger": [first + bytes(60) for first in (b"\x80\x60", b"\x80\xc8", b"\x16\xfe\xfd", b"\x7f")],
            "stun_malformed": [good[:-1], b"\x00\x01\x00\x00" + bytes(16), b"\x00", good + bytes(2000)],
            "stun_stranger": [check("nobody", local, password.encode())],
            "stun_integrity": [check(ufrag, local, b"wrong"), unsigned],
            "stun_username": [check(ufrag, "someone", password.encode())],
            "stun_ignored": [stun.build(stun.SUCCESS, bytes(12), [], password.encode())],
        }  # fmt: skip
        for name, samples in datagrams.items():
            before = made.count(name)
            stranger.send(*samples)
            await until(lambda: made.count(name) == before + len(samples), f"{name} counted")  # noqa: B023
        await asyncio.sleep(0.05)
        assert stranger.answers() == []
        assert made.engine.peers["student"].agent.paths == []


async def test_a_check_that_claims_to_be_controlled_is_told_of_the_conflict() -> None:
    async with house() as made:
        made.open("student", receives("stage"), LISTENER)
        ufrag, password = made.clients[0].server
        stranger = made.stranger()
        name = f"{ufrag}:{made.clients[0].local[0]}"
        stranger.send(
            stun.binding_request(
                bytes(12), name, password.encode(), priority=1, tie_breaker=1, controlling=False
            )
        )
        await settled(made, 1)
        (answer,) = stranger.answers()
        assert stun.parse(answer).error == 487
        assert made.engine.peers["student"].agent.paths == []


async def test_noise_of_every_kind_does_not_disturb_a_class() -> None:
    noise = random.Random(5)
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = await made.open("student", receives("stage"), LISTENER).connect()
        camera = Camera(teacher, "1", 0xCAFE, "h")
        stranger = made.stranger()
        number = 0

        def turn() -> bool:
            nonlocal number
            number += 1
            camera.frame(number, key=number % 10 == 0)
            junk = noise.randbytes(noise.choice((0, 1, 12, 20, 60, 1400, 9000)))
            for sender in (stranger.send, teacher.send, student.send):
                sender(junk, bytes([noise.choice((0, 1, 22, 23, 63, 128, 144, 191, 255))]) + junk)
            return len(student.of(STAGE)) > 200

        await until(turn, "the picture goes on", every=0.003)
        assert made.count("srtp_refused") > 0
        assert stranger.answers() == []
        assert {peer.phase for peer in made.engine.peers.values()} == {"connected"}


async def test_the_largest_datagram_is_dropped() -> None:
    async with house() as made:
        student = await made.open("student", receives("stage"), LISTENER).connect()
        before = made.count("srtp_refused")
        student.send(b"\x80\x60" + bytes(65_000), b"\x80\xc8" + bytes(65_000))
        await until(lambda: made.count("srtp_refused") >= before + 2, "counted")
        student.stun.clear()
        student.check()
        await until(lambda: student.stun, "and the worker lives")


def broken_packets() -> list[bytes]:
    """Authentic RTP whose inside is wrong, and packets that belong nowhere."""
    plain = {"pt": 96, "seq": 5, "time": 9, "ssrc": 0xBAD}
    mid = (EXTENSIONS["mid"], b"1")
    layer = [mid, (EXTENSIONS["rid"], b"h")]
    repaired = [mid, (EXTENSIONS["repaired-rid"], b"h")]
    good = rtp.build(**plain, payload=b"\x10" + bytes(30), extensions=[mid])
    return [
        good[:12],  # no payload and a header extension that is not there
        bytes([good[0] | 0x0F]) + good[1:],  # CSRCs past the end
        good[:14] + b"\xff\xff" + good[16:],  # an extension past the end
        bytes([good[0] | 0x20]) + good[1:-1] + b"\xff",  # padding past the start
        rtp.build(**plain, payload=b"\x10" + bytes(30), extensions=[(EXTENSIONS["mid"], b"nowhere")]),
        rtp.build(**plain, payload=b"\x10", extensions=[mid, (EXTENSIONS["rid"], b"x")]),
        rtp.build(**(plain | {"pt": 50, "ssrc": 0xBAE}), payload=b"\x10", extensions=layer),
        rtp.build(**plain, payload=b"\x10", extensions=[(EXTENSIONS["mid"], b"\xff\xfe")]),
        rtp.build(**plain, payload=b"\x10", extensions=[mid, (EXTENSIONS["transport-cc"], b"\x01")]),
        rtp.build(**(plain | {"ssrc": 0xBAF}), payload=b"\x80", extensions=layer),
        rtp.build(**(plain | {"pt": 97}), payload=b"\x00", extensions=repaired),
    ]  # fmt: skip


async def test_authentic_packets_that_are_wrong_inside_are_counted() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        samples = broken_packets()
        for seq, packet in enumerate(samples):
            # libsrtp itself refuses some; those must not be sealed by it but arrive as they are
            data = packet[:2] + struct.pack("!H", 1000 + seq) + packet[4:]
            sealed = teacher.association.outbound.seal_rtp(data) if teacher.association.outbound else None
            teacher.send(sealed or data)
        await asyncio.sleep(0.1)
        total = sum(made.count(name) for name in ("rtp_malformed", "rtp_unrouted", "srtp_refused"))
        assert total >= len(samples) - 2
        camera = Camera(teacher, "1", 0xCAFE, "h")
        student = await made.open("student", receives("stage"), LISTENER).connect()

        def film() -> bool:
            camera.frame(1, key=True)
            return bool(student.of(STAGE))

        await until(film, "the class goes on", every=0.03)


async def test_rtcp_cut_anywhere_is_harmless() -> None:
    async with house() as made:
        student = await made.open("student", receives("stage"), LISTENER).connect()
        compound = (
            rtcp.build_receiver_report(7, [rtcp.ReportBlock(STAGE, 0.1, 5, 9, 3, 1, 0.5)])
            + rtcp.build_sdes(7, "student")
            + rtcp.build_nack(7, STAGE, [1, 2, 3])
            + rtcp.build_pli(7, STAGE)
            + rtcp.build_remb(7, 1_000_000, [STAGE])
            + rtcp.build_transport_feedback(rtcp.TransportFeedback(7, STAGE, 1, 5, 0, [3, None, 9]))
        )
        for cut in range(8, len(compound), 4):
            student.send_rtcp(compound[:cut])
        for unknown in range(20):
            student.send_rtcp(rtcp.build_nack(7, 0xDEAD0000 + unknown, [1]), rtcp.build_pli(7, 5))
        await until(lambda: made.count("rtcp_unrouted") >= 40, "counted")
        assert made.count("rtcp_malformed") > 0
        assert made.engine.peers["student"].phase == "connected"


async def test_sources_of_one_peer_are_bounded() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        for ssrc in range(200):
            teacher.send_rtp(
                rtp.build(
                    pt=96, seq=1, time=1, ssrc=0x5000 + ssrc, payload=b"\x10" + bytes(30),
                    extensions=[(EXTENSIONS["mid"], b"1"), (EXTENSIONS["rid"], b"h")],
                )
            )  # fmt: skip
        await until(lambda: made.count("datagrams_in") > 200, "read")
        await asyncio.sleep(0.05)
        peer = made.engine.peers["teacher"]
        assert len(peer.ingress._routes) <= 64
        assert len(peer.ingress.layers()) == 1


async def test_repeated_packets_are_counted_and_not_forwarded_twice() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = await made.open("student", receives("stage"), LISTENER).connect()
        camera = Camera(teacher, "1", 0xCAFE, "h")

        def film() -> bool:
            camera.frame(1, key=True)
            return bool(student.of(STAGE))

        await until(film, "the picture", every=0.03)
        assert teacher.association.outbound is not None
        sealed = teacher.association.outbound.seal_rtp(camera.build(9, 0, 1, key=False))
        assert sealed is not None
        teacher.send(*[sealed] * 50)
        await until(lambda: made.count("srtp_replayed") >= 49, "counted")
        sequence = [packet.seq for packet in student.of(STAGE)]
        assert len(set(sequence)) == len(sequence)


async def test_dtls_before_ice_gets_no_answer_and_no_handshake() -> None:
    async with house() as made:
        made.open("student", receives("stage"), LISTENER)
        client = made.clients[0]
        hello = first_flight()
        stranger = made.stranger()
        stranger.send(*[hello] * 20)
        await settled(made, 20)
        assert stranger.answers() == []
        assert made.engine._budget.open == 0
        await client.connect()


def first_flight() -> bytes:
    from OpenSSL import SSL

    from tests.media.engine.kit import IDENTITY

    ssl = SSL.Connection(IDENTITY.context, None)
    ssl.set_connect_state()
    ssl.set_ciphertext_mtu(1200)
    with pytest.raises(SSL.WantReadError):
        ssl.do_handshake()
    return bytes(ssl.bio_read(65536))


async def test_handshakes_under_way_are_bounded() -> None:
    async with house() as made:
        made.engine._budget.limit = 3
        hello = first_flight()
        for i in range(6):
            client = await made.open(f"peer{i}", receives("stage"), LISTENER).bind()
            client.association.checked = True  # it would go on by itself
            client.check()
        await until(lambda: all(client.stun for client in made.clients), "every address is proven")
        for client in made.clients:
            client.send(hello)
        await until(lambda: made.engine._budget.open == 3, "three handshakes")
        await asyncio.sleep(0.05)
        assert made.engine._budget.open == 3
        for name in list(made.engine.peers):
            made.engine.close_peer(made.engine.peers[name], "test")
        assert made.engine._budget.open == 0


async def test_a_flood_of_handshake_datagrams_ends_the_peer() -> None:
    async with house() as made:
        client = await made.open("student", receives("stage"), LISTENER).bind()
        client.association.checked = True
        client.check()
        await until(lambda: client.stun, "proven")
        hello = first_flight()
        for _ in range(dtls_module.MAX_DATAGRAMS + 10):
            client.send(hello)
            await asyncio.sleep(0)
        await until(lambda: made.of(PeerState), "the peer is closed")
        assert made.of(PeerState)[-1].reason == "dtls.flood"


async def test_the_wrong_certificate_gets_no_keys() -> None:
    async with house() as made:
        other = "sha-256 " + ":".join(["AB"] * 32)
        client = made.open("student", receives("stage"), LISTENER, fingerprints=[other])
        await client.bind()
        client.send(*client.association.tick(asyncio.get_running_loop().time()))
        await until(lambda: made.of(PeerState), "the peer is closed")
        assert made.of(PeerState)[-1] == PeerState("student", "gone", "dtls.fingerprint")


async def test_of_two_peers_with_one_address_the_last_proven_has_it() -> None:
    async with house() as made:
        first = await made.open("first", receives("stage"), LISTENER).connect()
        second = made.open("second", receives("stage"), LISTENER)
        second.transport = first.transport  # the same address and port, as behind a broken relay
        second.check()
        await until(lambda: made.engine.peers["second"].agent.paths, "the second has it")
        assert made.count("address_moved") == 1
        assert made.engine.peers["first"].agent.paths == []
        first.check()
        await until(lambda: made.engine.peers["first"].agent.paths, "and back")
        await until(
            lambda: made.engine.peers["first"].downlink.path is not None, "media goes to the first again"
        )
        second.transport = None


async def test_many_addresses_of_one_peer_are_bounded() -> None:
    async with house() as made:
        client: Client = await made.open("student", receives("stage"), LISTENER).connect()
        sockets = [made.stranger() for _ in range(40)]
        for each in sockets:
            each.send(
                stun.binding_request(
                    os.urandom(12), f"{client.server[0]}:{client.local[0]}", client.server[1].encode(),
                    priority=1, tie_breaker=1,
                )
            )  # fmt: skip
        await settled(made, 40)
        assert len(made.engine.peers["student"].agent.paths) <= 16
        assert made.engine.peers["student"].agent.nominated in made.engine.peers["student"].agent.paths
        assert sum(len(table) for table in made.engine.port._tables.values()) <= 16
