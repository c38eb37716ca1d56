"""A simulated sender: real SRTP with the header extensions a browser sets, contents made up.

Video payloads carry a true VP8 payload descriptor and, for keyframes, a true frame header, so that the
server finds picture ids, temporal layers and frame sizes where they belong; behind that are zeros.
"""

import random
import struct

from media.dtls import Identity
from media.messages import Codec, Section
from media.wire import rtp
from tests.bench.load.participant import Participant, wall

MID_ID, LEVEL_ID, TIME_ID, CC_ID = 1, 2, 3, 4
EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:sdes:mid": MID_ID,
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level": LEVEL_ID,
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time": TIME_ID,
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01": CC_ID,
}
_FIXED = struct.Struct("!BBHII")
_EXTENSIONS = struct.Struct("!HHBBB3sBHBBB")
"""MID of one letter, absolute send time, transport-wide number, and the audio level or padding."""
OPUS = Codec(pt=111, name="opus", clock=48_000, fmtp="minptime=10;useinbandfec=1;usedtx=1")
VP8 = Codec(pt=96, name="VP8", clock=90_000, rtx=97)


def up_section(mid: str, purpose: str) -> Section:
    audio = purpose == "mic"
    return Section(
        mid=mid,
        kind="audio" if audio else "video",
        direction="up",
        purpose=purpose,
        codecs=(OPUS,) if audio else (VP8,),
        extensions=EXTENSIONS,
    )


def down_section(mid: str, purpose: str, ssrc: int) -> Section:
    audio = purpose.startswith("audio")
    return Section(
        mid=mid,
        kind="audio" if audio else "video",
        direction="down",
        purpose=purpose,
        codecs=(OPUS,) if audio else (VP8,),
        extensions=EXTENSIONS,
        ssrc=ssrc,
        rtx_ssrc=0 if audio else ssrc + 1,
    )


class Source:
    """One outgoing stream of a publisher. `key` asks for a keyframe in the next frame."""

    def __init__(self, mid: str, codec: Codec, ssrc: int) -> None:
        self.mid, self.codec, self.ssrc = mid, codec, ssrc
        self.seq = random.randrange(65536)
        self.time = random.randrange(1 << 32)
        self.picture = random.randrange(1 << 15)
        self.tl0 = 0
        self.sent = 0
        self.key = True


class Publisher(Participant):
    """A participant that also sends. Each source is one SSRC with its MID in every packet."""

    def __init__(self, name: str, host: str, remote: tuple[str, int], identity: Identity):
        super().__init__(name, host, remote, identity)
        self._transport_seq = 0
        self.sources: dict[str, Source] = {}

    def add_source(self, mid: str, purpose: str) -> Source:
        codec = OPUS if purpose == "mic" else VP8
        source = self.sources[purpose] = Source(mid, codec, random.randrange(1, 1 << 32))
        return source

    def reported(self, plain: bytes, now: float) -> None:
        """A keyframe request makes the next frame one; the server's other reports are not needed."""
        at = 0
        while at + 12 <= len(plain):
            _, kind, words = struct.unpack_from("!BBH", plain, at)
            if kind == 206:
                (media,) = struct.unpack_from("!I", plain, at + 8)
                for source in self.sources.values():
                    source.key = source.key or source.ssrc == media
            at += 4 * words + 4

    def send_frame(self, source: Source, now: float, sizes: list[int], *, temporal: int = 0) -> None:
        """One video frame in packets whose RTP payloads have these sizes, sent back to back."""
        key, source.key = source.key, False
        source.time = int(now * 90_000) & 0xFFFFFFFF
        source.picture = (source.picture + 1) & 0x7FFF
        if temporal == 0:
            source.tl0 = (source.tl0 + 1) & 0xFF
        for i, size in enumerate(sizes):
            # X=1, S on the first packet; I, L and T set; 15-bit picture id; TL0PICIDX; TID, Y
            head = struct.pack(
                "!BBHBB", 0x80 | (0x10 if i == 0 else 0), 0xE0, 0x8000 | source.picture, source.tl0,
                temporal << 6 | 0x20,
            )  # fmt: skip
            if i == 0:
                # frame tag (bit 0 clear for a keyframe), start code, 1280x720
                tag = b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720) if key else b"\x11\x00\x00"
                head += tag
            self._send_packet(source, head, size, marker=i == len(sizes) - 1, now=now)

    def send_sound(self, source: Source, size: int, now: float, level: int = 30) -> None:
        """One 20 ms Opus packet; `level` in -dBov."""
        source.time = (source.time + 960) & 0xFFFFFFFF
        self._send_packet(source, b"\x78", size, marker=False, now=now, level=level)

    def _send_packet(
        self, source: Source, head: bytes, size: int, *, marker: bool, now: float, level: int = -1
    ) -> None:
        """`size` bytes of payload: `head`, zeros, and at the end the time of sending for probes."""
        payload = head + bytes(size - len(head) - 8) + struct.pack("!d", wall())
        outbound = self.association.outbound
        assert outbound is not None
        block = _EXTENSIONS.pack(
            rtp.ONE_BYTE, 3, MID_ID << 4, ord(source.mid), TIME_ID << 4 | 2,
            rtp.abs_send_time(now).to_bytes(3, "big"), CC_ID << 4 | 1, self._transport_seq,
            LEVEL_ID << 4 if level >= 0 else 0, 0x80 | level if level >= 0 else 0, 0,
        )  # fmt: skip
        fixed = _FIXED.pack(
            0x90, (0x80 if marker else 0) | source.codec.pt, source.seq, source.time, source.ssrc
        )
        packet = fixed + block + payload
        source.seq = (source.seq + 1) & 0xFFFF
        self._transport_seq = (self._transport_seq + 1) & 0xFFFF
        source.sent += 1
        sealed = outbound.seal_rtp(packet)
        if sealed:
            self.send([sealed])
