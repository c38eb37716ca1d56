"""An engine in this process, and clients that speak to it over real sockets of the loopback.

A `Client` is independent of the code it tries as far as it goes: ICE and DTLS are the load client's,
SRTP is pylibsrtp's own `Session`, packets are built by hand or by `media.wire.rtp`.
"""

import asyncio
import contextlib
import secrets
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any

from media.engine import Engine
from media.messages import Codec, Desired, OpenPeer, Rights, RoomSpec, Section
from media.srtp import Arena
from media.wire import rtcp, rtp, stun
from media.wire import vp8 as wire_vp8
from tests.bench.load.association import Association, client_identity
from tests.patience import until

IDENTITY, FINGERPRINT = client_identity()

OPUS = Codec(pt=111, name="opus", clock=48_000)
VP8 = Codec(pt=96, name="VP8", clock=90_000, rtx=97)
EXTENSIONS = {"mid": 1, "rid": 2, "repaired-rid": 3, "audio-level": 4, "transport-cc": 5, "abs-send-time": 6}
EVERYONE = Rights(("mic", "cam", "screen"), ("class",), ("class",), True)
STUDENT = Rights(("mic", "cam"), ("class",), ("class",))
LISTENER = Rights((), (), ("class",))


def up(mid: str, purpose: str, rids: tuple[str, ...] = ()) -> Section:
    audio = purpose == "mic"
    return Section(
        mid, "audio" if audio else "video", "up", purpose, (OPUS,) if audio else (VP8,), EXTENSIONS, rids
    )


def down(mid: str, purpose: str, ssrc: int) -> Section:
    audio = purpose.startswith("audio")
    codecs = (OPUS,) if audio else (VP8,)
    return Section(
        mid,
        "audio" if audio else "video",
        "down",
        purpose,
        codecs,
        EXTENSIONS,
        (),
        ssrc,
        0 if audio else ssrc + 1,
    )


PUBLISHES = [up("0", "mic"), up("1", "cam", ("q", "h", "f")), up("2", "screen")]


def receives(*slots: str) -> list[Section]:
    """Sections of slots; the SSRC of the n-th is 1000 * (n + 1), of its RTX one more."""
    return [down(str(10 + i), slot, 1000 * (i + 1)) for i, slot in enumerate(slots)]


class House:
    """The engine, and everything it told."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.engine = Engine(0, self.told.append)
        self.engine.frozen = False
        self.clients: list[Client] = []
        self.strangers: list[socket.socket] = []

    @property
    def address(self) -> tuple[str, int]:
        return self.engine.port.addresses[0], self.engine.port.number

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.told if isinstance(one, kind)]

    def open(
        self, name: str, sections: list[Section], rights: Rights, room: str = "room", **more: Any
    ) -> "Client":
        """Open a peer and make its client."""
        client = Client(self, name)
        self.clients.append(client)
        self.engine.open_peer(
            OpenPeer(
                name,
                room,
                *client.server,
                *client.local,
                more.get("fingerprints", [FINGERPRINT]),
                sections,
                rights,
            )
        )
        return client

    def stranger(self) -> "Stranger":
        made = Stranger(self)
        self.strangers.append(made.socket)
        return made

    def count(self, name: str) -> int:
        return self.engine.port.totals().get(name, 0)


@contextlib.asynccontextmanager
async def house(host: str = "127.0.0.1") -> AsyncIterator[House]:
    made = House()
    await made.engine.open([(host, 0)], [])
    made.engine.desired(Desired([RoomSpec("room")], {}))
    turning = asyncio.create_task(made.engine.run())
    try:
        yield made
    finally:
        turning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await turning
        for client in made.clients:
            client.close()
        for stranger in made.strangers:
            stranger.close()
        made.engine.close()
        await asyncio.sleep(0)


class Stranger:
    """A socket that nobody knows."""

    def __init__(self, made: House) -> None:
        family = socket.AF_INET6 if ":" in made.address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.connect(made.address)

    def send(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self.socket.send(datagram)

    def answers(self) -> list[bytes]:
        out = []
        while True:
            try:
                out.append(self.socket.recv(65536))
            except BlockingIOError:
                return out


class Client(asyncio.DatagramProtocol):
    """One participant. `packets` and `reports` are what came, opened; `raw` everything as it came."""

    def __init__(self, made: House, name: str) -> None:
        self.house = made
        self.name = name
        self.server = secrets.token_hex(4), secrets.token_hex(12)
        self.local = secrets.token_hex(4), secrets.token_hex(12)
        self.association = Association(IDENTITY, self.local)
        self.association.remote = self.server
        self.packets: list[rtp.Packet] = []
        self.reports: list[rtcp.Report] = []
        self.raw: list[bytes] = []
        self.stun: list[stun.Message] = []
        self.closed_by_server = False
        self.transport: asyncio.DatagramTransport | None = None
        self.transport_seq = 0

    # --- asyncio ------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.raw.append(data)
        now = asyncio.get_running_loop().time()
        if data[0] < 4:
            self.stun.append(stun.parse(data))
            self.send(*self.association.stun(data, now))
        elif data[0] < 64:
            was_open = self.association.open
            if was_open and data[0] == 21:
                self.closed_by_server = True
            self.send(*self.association.dtls(data))
        else:
            self._media(data)

    def _media(self, data: bytes) -> None:
        session = self.association.inbound
        if session is None:
            return
        arena = Arena(2048)
        arena.view[: len(data)] = data
        if 192 <= data[1] <= 223:
            size = session.open_rtcp(arena, 0, len(data))
            assert size > 0, f"SRTCP error {size}"
            compound = rtcp.parse(bytes(arena.view[:size]))
            assert not compound.malformed
            self.reports += compound.reports
        else:
            size = session.open_rtp(arena, 0, len(data))
            assert size > 0, f"SRTP error {size}"
            self.packets.append(rtp.parse(bytes(arena.view[:size])))

    # --- doing --------------------------------------------------------------------------------------

    def send(self, *datagrams: bytes) -> None:
        assert self.transport is not None
        for datagram in datagrams:
            self.transport.sendto(datagram)

    async def bind(self) -> "Client":
        loop = asyncio.get_running_loop()
        if self.transport is not None:
            self.transport.close()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=self.house.address)
        return self

    async def connect(self, within: float = 10.0) -> "Client":
        """ICE, then DTLS."""
        await self.bind()

        def progress() -> bool:
            self.send(*self.association.tick(asyncio.get_running_loop().time()))
            return self.association.open

        await until(progress, f"{self.name} connects", within, every=0.02)
        await until(
            lambda: self.house.engine.peers[self.name].downlink.outbound is not None, "the server is done too"
        )
        return self

    def check(self, *, use_candidate: bool = True) -> None:
        """One more connectivity check from the present address."""
        self.send(
            stun.binding_request(
                secrets.token_bytes(12),
                f"{self.server[0]}:{self.local[0]}",
                self.server[1].encode(),
                priority=1,
                tie_breaker=7,
                use_candidate=use_candidate,
            )
        )

    def send_rtp(self, packet: bytes) -> None:
        assert self.association.outbound is not None
        sealed = self.association.outbound.seal_rtp(packet)
        assert sealed is not None
        self.send(sealed)

    def send_rtcp(self, *parts: bytes) -> None:
        assert self.association.outbound is not None
        sealed = self.association.outbound.seal_rtcp(b"".join(parts))
        assert sealed is not None
        self.send(sealed)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def of(self, ssrc: int) -> list[rtp.Packet]:
        return [packet for packet in self.packets if packet.ssrc == ssrc]

    def heard(self, kind: type) -> list[Any]:
        return [report for report in self.reports if isinstance(report, kind)]


class Camera:
    """One encoding of a client's video, packet by packet."""

    def __init__(self, client: Client, mid: str, ssrc: int, rid: str = "", *, height: int = 720) -> None:
        self.client, self.mid, self.ssrc, self.rid, self.height = client, mid, ssrc, rid, height
        self.seq, self.time, self.picture, self.tl0 = 65_530, 0xFFFF_0000, 0x7FF8, 250
        self.sent: dict[int, bytes] = {}

    def build(self, frame: int, index: int, count: int, *, key: bool, tid: int = 0, size: int = 200) -> bytes:
        descriptor = struct.pack(
            "!BBHBB",
            0x80 | (0x10 if index == 0 else 0),
            0xE0,
            0x8000 | self.picture,
            self.tl0,
            tid << 6 | 0x20,
        )
        if index == 0:
            width = self.height * 16 // 9
            head = (
                b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, self.height)
                if key
                else b"\x11\x00\x00"
            )
            descriptor += head
        body = descriptor + struct.pack("!HH", frame & 0xFFFF, index)
        body += bytes(max(0, size - len(body)))
        extensions = [(EXTENSIONS["mid"], self.mid.encode())]
        if self.rid:
            extensions.append((EXTENSIONS["rid"], self.rid.encode()))
        extensions.append((EXTENSIONS["transport-cc"], struct.pack("!H", self.client.transport_seq)))
        self.client.transport_seq = (self.client.transport_seq + 1) & 0xFFFF
        return rtp.build(
            pt=96, seq=self.seq, time=self.time, ssrc=self.ssrc, payload=body, marker=index == count - 1,
            extensions=extensions,
        )  # fmt: skip

    def frame(
        self,
        number: int,
        packets: int = 2,
        *,
        key: bool = False,
        tid: int = 0,
        lose: tuple[int, ...] = (),
        size: int = 200,
    ) -> None:
        """Send a frame; packets of the indices in `lose` are only remembered."""
        self.picture = (self.picture + 1) & 0x7FFF
        if tid == 0:
            self.tl0 = (self.tl0 + 1) & 0xFF
        self.time = (self.time + 3000) & 0xFFFF_FFFF
        for index in range(packets):
            packet = self.build(number, index, packets, key=key, tid=tid, size=size)
            self.sent[self.seq] = packet
            if index not in lose:
                self.client.send_rtp(packet)
            self.seq = (self.seq + 1) & 0xFFFF

    def resend(self, seq: int) -> None:
        self.client.send_rtp(self.sent[seq])


def vp8(packet: rtp.Packet) -> tuple[int, int, int, int]:
    """Picture id, TL0PICIDX, frame number, packet number of what a `Camera` sent."""
    found = wire_vp8.parse(packet.data, packet.payload_at, packet.payload_end)
    at = packet.payload_at + found.size
    if found.frame_start:
        at += 10 if found.keyframe else 3
    frame, index = struct.unpack_from("!HH", packet.data, at)
    return found.picture_id, found.tl0_index, frame, index
