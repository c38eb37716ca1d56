"""The media port: one number, a UDP socket on each local address, ICE-TCP beside it.

Datagrams come in; each is shown to the peer it belongs to: STUN by its ufrag and signature, all else
by the remote address, which only a signed binding can have made known. Strangers get silence and are
counted. Every socket is bound to one address, so that an answer leaves from the address that was
asked: a browser ignores an answer from another. What the kernel refuses goes through `Outlet`.
"""

import asyncio
import errno
import ipaddress
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Literal, Protocol

import ifaddr

from media import mmsg
from media.errors import Malformed, PortTaken
from media.ice import Agent
from media.outlet import Outlet
from media.srtp import Arena
from media.tcp import StreamPath
from media.wire import stun

log = logging.getLogger(__name__)

SOCKET_BUFFER: Final = 16 * 1024 * 1024
"""Bytes asked of the kernel in each direction: 100 ms of a lecture of 300 is about 10 MB."""
BURSTS: Final = 8
"""Reads of one socket before others get their turn."""
CHOICES: Final = 8
"""Times the kernel may choose a port (`--listen HOST:0`) until it is free for UDP and TCP alike."""
MAX_STREAMS: Final = 2000
"""Open ICE-TCP connections of one worker."""


class Owner(Protocol):
    """Whoever has a ufrag on this port: a peer."""

    agent: Agent["UdpPath | StreamPath"]

    def on_path(self, path: "UdpPath | StreamPath", verdict: str, now: float) -> None:
        """A signed binding came; `verdict` is ``ok`` or ``nominated``."""

    def on_dtls(self, data: bytes, path: "UdpPath | StreamPath", now: float) -> None: ...

    def on_media(self, arena: Arena, at: int, size: int, now: float) -> None:
        """Sealed RTP or RTCP at `at`, to be opened where it lies; it arrived at `now`."""


class UdpPath:
    """A remote address seen through one of our sockets."""

    __slots__ = ("_port", "gso", "name", "outlet", "owner")
    kind: Literal["udp"] = "udp"

    def __init__(self, port: "Port", outlet: Outlet, name: bytes, owner: Owner) -> None:
        self._port = port
        self.outlet = outlet
        self.name = mmsg.Name(name)
        self.owner = owner
        self.gso = True
        """False once the kernel refused to cut a message for this destination."""

    def send(self, data: bytes) -> bool:
        return self.outlet.send(data, self)

    def forget(self) -> None:
        self._port.drop_path(self)


Path = UdpPath | StreamPath


class Port:
    """The sockets of a worker and the tables that say whose a datagram is."""

    def __init__(
        self, after_burst: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.number = 0
        self.addresses: list[str] = []
        self.counters: Counter[str] = Counter()
        self._after_burst = after_burst
        self._clock = clock
        self._owners: dict[str, Owner] = {}
        self._reader = mmsg.Reader()
        self._tables: dict[int, dict[bytes, UdpPath]] = {}
        self._outlets: dict[int, Outlet] = {}
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._streams: set[StreamPath] = set()
        self._scratch = Arena(4096)

    # --- life ---------------------------------------------------------------------------------------

    async def open(self, listen: list[tuple[str, int]]) -> None:
        """Bind. A wildcard becomes every address of its family; port 0 is chosen once for all.

        Raises:
            PortTaken: one of the addresses cannot be bound; nothing stays open.
        """
        chosen_here = any(not port for _, port in listen)
        for left in reversed(range(CHOICES if chosen_here else 1)):
            try:
                await self._open(listen)
            except OSError as error:
                self.close()
                if not left:
                    wanted = ", ".join(f"{host}:{port}" for host, port in listen)
                    raise PortTaken(f"media port {wanted}: {error.strerror or error}") from None
            else:
                return

    async def _open(self, listen: list[tuple[str, int]]) -> None:
        loop = asyncio.get_running_loop()
        for host, port in listen:
            found = _expand(host)
            for address in found:
                try:
                    self._bind(address, port or self.number)
                except OSError as error:
                    # an interface that went away since it was listed
                    if error.errno != errno.EADDRNOTAVAIL or len(found) == 1:
                        raise
                    self._sockets.pop().close()
        for sock in self._sockets:
            host = sock.getsockname()[0]
            server = await loop.create_server(
                self._accept, host, self.number, family=sock.family, reuse_address=True
            )
            self._servers.append(server)
        for sock in self._sockets:
            loop.add_reader(sock.fileno(), self._readable, sock.fileno())

    def close(self) -> None:
        for path in list(self._streams):
            path.forget()
        for server in self._servers:
            server.close()
        for outlet in self._outlets.values():
            outlet.close()
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        self._sockets.clear()
        self._servers.clear()
        self._outlets.clear()
        self._tables.clear()
        self.addresses.clear()
        self.number = 0

    def _bind(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        self._sockets.append(sock)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for force, ask in ((mmsg.SO_RCVBUFFORCE, socket.SO_RCVBUF), (mmsg.SO_SNDBUFFORCE, socket.SO_SNDBUF)):
            try:
                sock.setsockopt(socket.SOL_SOCKET, force, SOCKET_BUFFER)
            except PermissionError:
                sock.setsockopt(socket.SOL_SOCKET, ask, SOCKET_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, mmsg.SO_RXQ_OVFL, 1)
        # When the kernel got a packet, not when we came to read it: senders' estimates live on that.
        sock.setsockopt(socket.SOL_SOCKET, mmsg.SO_TIMESTAMPNS, 1)
        try:
            sock.setsockopt(mmsg.SOL_UDP, mmsg.UDP_GRO, 1)
        except OSError:
            log.info("this kernel has no UDP_GRO")
        sock.setblocking(False)
        sock.bind((host, port))
        self.number = sock.getsockname()[1]
        self.addresses.append(host)
        self._tables[sock.fileno()] = {}
        self._outlets[sock.fileno()] = Outlet(sock.fileno(), self.counters)

    # --- who is who ---------------------------------------------------------------------------------

    def register(self, ufrag: str, owner: Owner) -> None:
        assert ufrag not in self._owners
        self._owners[ufrag] = owner

    def knows(self, ufrag: str) -> bool:
        return ufrag in self._owners

    def release(self, ufrag: str) -> None:
        self._owners.pop(ufrag, None)

    def drop_path(self, path: UdpPath) -> None:
        table = self._tables.get(path.outlet.fd)
        if table is not None and table.get(path.name.raw) is path:
            del table[path.name.raw]

    # --- datagrams ----------------------------------------------------------------------------------

    def _readable(self, fd: int) -> None:
        now = self._clock()
        reader, table, count = self._reader, self._tables[fd], self.counters
        arena = reader.arena
        buffer = arena.buffer
        for _ in range(BURSTS):
            burst = reader.read(fd)
            count["datagrams_in"] += len(burst)
            for at, size, source, age in burst:
                first = buffer[at] if size else 255
                path = table.get(source)
                if 128 <= first <= 191:
                    if path is None:
                        count["stranger"] += 1
                    else:
                        path.owner.on_media(arena, at, size, now - age)
                elif first <= 3:
                    self._stun(bytes(arena.view[at : at + size]), fd, source, now)
                elif 20 <= first <= 63 and path is not None:
                    path.owner.on_dtls(bytes(arena.view[at : at + size]), path, now)
                else:
                    count["stranger" if path is None else "unknown_kind"] += 1
            if not reader.full:
                break
        self._after_burst(now)
        self.flush()

    def flush(self) -> None:
        """Send what is waiting on every socket."""
        for outlet in self._outlets.values():
            outlet.flush()

    def _stun(self, data: bytes, fd: int, source: bytes, now: float) -> None:
        address = mmsg.unpack_sockaddr(source)
        found = self._judge(data, address)
        if found is None:
            return
        owner, verdict, reply = found
        outlet = self._outlets[fd]
        if verdict not in ("ok", "nominated"):
            if reply is not None:
                outlet.send_to(reply, source)
            return
        table = self._tables[fd]
        path = table.get(source)
        if path is None or path.owner is not owner:
            if path is not None:  # the address went to another peer: the last one proven has it
                path.owner.agent.lost(path)
                self.counters["address_moved"] += 1
            path = table[source] = UdpPath(self, outlet, source, owner)
        if reply is not None:
            path.send(reply)
        owner.agent.proven(path, nominate=verdict == "nominated")
        owner.on_path(path, verdict, now)

    def _judge(self, data: bytes, source: stun.Address) -> tuple[Owner, str, bytes | None] | None:
        """Find whose check it is and judge it; None, and a count, for what gets silence."""
        try:
            message = stun.parse(data)
        except Malformed:
            self.counters["stun_malformed"] += 1
            return None
        if message.kind != stun.REQUEST or message.method != stun.BINDING:
            self.counters["stun_ignored"] += 1
            return None
        owner = self._owners.get(message.username.partition(":")[0])
        if owner is None:
            self.counters["stun_stranger"] += 1
            return None
        answer = owner.agent.check(message, source)
        if answer.reply is None:
            self.counters[f"stun_{answer.verdict}"] += 1
            return None
        return owner, answer.verdict, answer.reply

    # --- ICE-TCP ------------------------------------------------------------------------------------

    def _accept(self) -> asyncio.Protocol:
        if len(self._streams) >= MAX_STREAMS:
            self.counters["tcp_refused"] += 1
            return _Refuse()
        return StreamPath(self._stream_frame, self._stream_closed, self._streams.add, self.counters)

    def _stream_frame(self, path: StreamPath, data: bytes) -> None:
        now = self._clock()
        self.counters["frames_in_tcp"] += 1
        first = data[0] if data else 255
        if first <= 3:
            self._stream_stun(path, data, now)
        elif path.owner is None:
            self.counters["stranger"] += 1
            path.forget()
        elif 128 <= first <= 191 and len(data) <= self._scratch.size:
            self._scratch.view[: len(data)] = data
            path.owner.on_media(self._scratch, 0, len(data), now)
            self._after_burst(now)
            self.flush()
        elif 20 <= first <= 63:
            path.owner.on_dtls(data, path, now)
            self.flush()

    def _stream_stun(self, path: StreamPath, data: bytes, now: float) -> None:
        found = self._judge(data, path.remote)
        if found is None:
            if path.owner is None:
                path.forget()
            return
        owner, verdict, reply = found
        if reply is not None:
            path.send(reply)
        if verdict in ("ok", "nominated") and path.owner in (None, owner):
            path.adopt(owner)
            owner.agent.proven(path, nominate=verdict == "nominated")
            owner.on_path(path, verdict, now)
            self.flush()

    def _stream_closed(self, path: StreamPath) -> None:
        self._streams.discard(path)
        if path.owner is not None:
            path.owner.agent.lost(path)

    def totals(self) -> dict[str, int]:
        """Counts since the start, with what the kernel says of its own drops."""
        out = dict(self.counters)
        out["truncated"] = self._reader.truncated
        out["socket_overflow"] = sum(self._reader.overflows.values())
        out["streams"] = len(self._streams)
        return out


class _Refuse(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        transport.abort()


def _expand(host: str) -> list[str]:
    """The numeric addresses to bind for one `--listen` host; a wildcard is every one of its family."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        return sorted({str(info[4][0]) for info in infos})
    if not ip.is_unspecified:
        return [host]
    # two interfaces may carry the same address: it is bound once
    found = {
        entry.ip[0] if isinstance(entry.ip, tuple) else entry.ip
        for adapter in ifaddr.get_adapters()
        for entry in adapter.ips
        if isinstance(entry.ip, tuple) == (ip.version == 6)
    }
    return sorted(address for address in found if not ipaddress.ip_address(address).is_link_local)


def announced(addresses: list[str]) -> list[str]:
    """Those worth telling to others: all but loopback, or loopback where there is nothing else."""
    outside = [address for address in addresses if not ipaddress.ip_address(address).is_loopback]
    return outside or addresses
