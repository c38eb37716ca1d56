"""The recent packets of one up layer: answers NACKs, and lets a subscriber begin at the last keyframe
instead of asking the publisher for a new one. Bounded by count and age.
"""

from typing import Final

from media.flow.packet import UpPacket

MAX_PACKETS: Final = 1024
"""3 to 5 s of 720p at 1.7 Mbit/s; about 1.2 MB."""
MAX_AGE: Final = 10.0
"""Seconds; what is older is forgotten even when nothing new comes."""


class PacketCache:
    """A ring by extended sequence number. One per up layer; also that layer's identity downstream."""

    __slots__ = ("_keyframe", "_ring", "_size", "highest", "name")

    def __init__(self, name: str = "", size: int = MAX_PACKETS) -> None:
        self.name = name
        """For logs: publisher, source and rid."""
        self.highest = -1
        self._size = size
        self._ring: list[UpPacket | None] = [None] * size
        self._keyframe = -1

    def add(self, packet: UpPacket) -> None:
        seq = packet.seq
        if seq <= self.highest - self._size:
            return
        self._ring[seq % self._size] = packet
        if seq > self.highest:
            self.highest = seq
        if packet.keyframe and seq > self._keyframe:
            self._keyframe = seq

    def get(self, seq: int) -> UpPacket | None:
        """The packet with this extended number, None when it never came or is gone."""
        packet = self._ring[seq % self._size]
        return packet if packet is not None and packet.seq == seq else None

    def newest(self) -> UpPacket | None:
        return self.get(self.highest) if self.highest >= 0 else None

    def since_keyframe(self, now: float, max_age: float, max_packets: int) -> list[UpPacket]:
        """The newest keyframe and all behind it, in order, to switch to at once.

        Empty when there is none younger than `max_age` seconds, when a packet of them is missing (the
        decoder would stall at it), or when they are more than `max_packets`.
        """
        start = self._keyframe
        if start < 0 or self.highest - start >= min(max_packets, self._size):
            return []
        first = self.get(start)
        if first is None or now - first.arrived > min(max_age, MAX_AGE):
            return []
        out = [first]
        for seq in range(start + 1, self.highest + 1):
            packet = self.get(seq)
            if packet is None:
                return []
            out.append(packet)
        return out

    def expire(self, now: float) -> None:
        """Let go of packets older than `MAX_AGE`; to be called about once a second."""
        oldest = now - MAX_AGE
        ring = self._ring
        for at, packet in enumerate(ring):
            if packet is not None and packet.arrived < oldest:
                ring[at] = None
