"""Packet files: what a client sent and received in the clear, as a pcap that any tool reads.

`Tap` stands at the border of an aiortc connection between SRTP and the rest, so what it notes is what
travelled, decrypted. In the file the server is 192.0.2.1 and the client 192.0.2.2; RTP has port 5004 and
RTCP 5005 on both sides, so that no tool has to guess which is which.
"""

import struct
import time
from pathlib import Path
from typing import Any

from aiortc import RTCPeerConnection

SERVER, CLIENT = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
RTP_PORT, RTCP_PORT = 5004, 5005
LINKTYPE_RAW = 101


class PcapWriter:
    """The classic format (draft-ietf-opsawg-pcap) with bare IPv4 packets, microseconds."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("wb")
        self._out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))

    def write(self, at: float, payload: bytes, *, down: bool) -> None:
        """One datagram at Unix time `at`; `down` is from the server to the client."""
        port = RTCP_PORT if is_rtcp(payload) else RTP_PORT
        source, target = (SERVER, CLIENT) if down else (CLIENT, SERVER)
        size = 28 + len(payload)
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 17, 0, source, target)
        udp = struct.pack("!HHHH", port, port, size - 20, 0)  # no checksum (RFC 768)
        self._out.write(struct.pack("<IIII", int(at), int(at % 1 * 1e6), size, size) + head + udp + payload)

    def close(self) -> None:
        self._out.close()


def is_rtcp(data: bytes) -> bool:
    """RFC 5761 section 4."""
    return 192 <= data[1] <= 223


class Tap:
    """Notes every RTP and RTCP packet of a connection until `close`. Begin before it connects."""

    def __init__(self, connection: RTCPeerConnection, path: Path) -> None:
        self._file = PcapWriter(path)
        for transport in {each.receiver.transport for each in connection.getTransceivers()}:
            self._listen(transport)

    def _listen(self, transport: Any) -> None:
        rtp, rtcp, send = transport._handle_rtp_data, transport._handle_rtcp_data, transport._send_rtp

        async def rtp_in(data: bytes, arrival_time_ms: int) -> None:
            self._file.write(time.time(), data, down=True)
            await rtp(data, arrival_time_ms=arrival_time_ms)

        async def rtcp_in(data: bytes) -> None:
            self._file.write(time.time(), data, down=True)
            await rtcp(data)

        async def out(data: bytes) -> None:
            self._file.write(time.time(), data, down=False)
            await send(data)

        transport._handle_rtp_data, transport._handle_rtcp_data, transport._send_rtp = rtp_in, rtcp_in, out

    def close(self) -> None:
        self._file.close()
