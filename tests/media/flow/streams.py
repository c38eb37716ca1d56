"""Small made-up sources for the tests of `media.flow`: VP8 with temporal layers, audio."""

from media.flow.packet import Intake, UpPacket
from media.wire import rtp

FRAME = 3000
"""RTP time of one frame at 30 fps."""
PATTERN = ((0, False), (2, True), (1, True), (2, False))
"""Temporal id and layer sync of L1T3, as libvpx sends it."""


class Camera:
    """Makes one simulcast layer's packets; each frame `packets` long, a keyframe when asked."""

    def __init__(
        self, *, seq: int = 65530, time: int = 0xFFFFF000, picture: int = 0x7FFE, tl0: int = 254
    ) -> None:
        self.intake = Intake("VP8", 90000)
        self.seq, self.time, self.picture, self.tl0 = seq, time, picture, tl0
        self.position = 0

    def frame(
        self, now: float, *, keyframe: bool = False, packets: int = 2, size: int = 20
    ) -> list[rtp.Packet]:
        if keyframe:
            self.position = 0
        tid, sync = PATTERN[self.position % len(PATTERN)]
        self.position += 1
        if tid == 0:
            self.tl0 = (self.tl0 + 1) & 0xFF
        out = []
        for index in range(packets):
            descriptor = bytes([0x80 | (0x10 if index == 0 else 0), 0xE0])
            descriptor += (0x8000 | self.picture).to_bytes(2, "big")
            descriptor += bytes([self.tl0, tid << 6 | (0x20 if sync else 0)])
            head = b"\x00\x00\x00\x9d\x01\x2a\x80\x02\x68\x01" if keyframe else b"\x01" + bytes(9)
            data = rtp.build(
                pt=96,
                seq=self.seq,
                time=self.time,
                ssrc=0xCAFE,
                marker=index == packets - 1,
                payload=descriptor + head + self.seq.to_bytes(2, "big") * (size // 2),
            )
            out.append(rtp.parse(data))
            self.seq = (self.seq + 1) & 0xFFFF
        self.time = (self.time + FRAME) & 0xFFFFFFFF
        self.picture = (self.picture + 1) & 0x7FFF
        return out

    def take(self, packet: rtp.Packet, now: float) -> UpPacket:
        taken = self.intake.take(packet, now)
        assert taken is not None
        return taken

    def taken(self, now: float, **kwargs: object) -> list[UpPacket]:
        return [self.take(packet, now) for packet in self.frame(now, **kwargs)]  # type: ignore[arg-type]


class Microphone:
    """Makes Opus packets of 20 ms."""

    def __init__(self, *, seq: int = 1, time: int = 0) -> None:
        self.intake = Intake("opus", 48000)
        self.seq, self.time = seq, time

    def taken(self, now: float, level: int = 30) -> UpPacket:
        data = rtp.build(pt=111, seq=self.seq, time=self.time, ssrc=0xBEEF, payload=b"\xf8sound")
        self.seq = (self.seq + 1) & 0xFFFF
        self.time = (self.time + 960) & 0xFFFFFFFF
        packet = self.intake.take(rtp.parse(data), now, level=level)
        assert packet is not None
        return packet
