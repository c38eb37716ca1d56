"""The client side of ICE and DTLS of a simulated participant: enough of both, and no more.

Flows in: datagrams. Flows out: datagrams to send, and SRTP sessions once the handshake is done. One
certificate serves all participants of the process, since only the server's view of it matters.
"""

import os
from typing import Any

from OpenSSL import SSL

from media.dtls import MTU, Identity, datagrams, make_identity
from media.srtp import PROFILES, Inbound, Outbound, split_keys
from media.wire import stun

CONSENT_EVERY = 2.5
"""Seconds between consent checks, as Chromium sends them on the pair in use (RFC 7675 asks for 4 to 6)."""


class Association:
    """ICE as the controlling agent towards one candidate, then DTLS as the client."""

    def __init__(self, identity: Identity, local: tuple[str, str]) -> None:
        """`local` is ufrag and password; nothing is sent until `remote` is set."""
        self._identity = identity
        self._local = local
        self.remote: tuple[str, str] | None = None
        self._tie = int.from_bytes(os.urandom(8), "big")
        self._ssl: Any = None
        self._next_check = 0.0
        self._next_flight = 0.0
        self.checked = False
        self.inbound: Inbound | None = None
        self.outbound: Outbound | None = None
        self.answered_at = 0.0
        """When the last check was answered."""

    @property
    def open(self) -> bool:
        return self.outbound is not None

    def tick(self, now: float) -> list[bytes]:
        """What is due: checks (20 ms apart until answered), lost flights."""
        out: list[bytes] = []
        if self.remote is None:
            return out
        if now >= self._next_check:
            self._next_check = now + (CONSENT_EVERY if self.checked else 0.1)
            out.append(self._check())
        if self._ssl is not None and not self.open and now >= self._next_flight:
            self._next_flight = now + 0.5
            self._ssl.DTLSv1_handle_timeout()
            out += self._drain()
        return out

    def stun(self, data: bytes, now: float) -> list[bytes]:
        message = stun.parse(data)
        if message.kind != stun.SUCCESS:
            return []
        self.answered_at = now
        if self.checked:
            return []
        self.checked = True
        self._ssl = SSL.Connection(self._identity.context, None)
        self._ssl.set_connect_state()
        self._ssl.set_ciphertext_mtu(MTU)
        self._next_flight = now + 0.5
        return self._handshake()

    def dtls(self, data: bytes) -> list[bytes]:
        if self._ssl is None:
            return []
        self._ssl.bio_write(data)
        return [] if self.open else self._handshake()

    def _check(self) -> bytes:
        assert self.remote is not None
        return stun.binding_request(
            os.urandom(12),
            f"{self.remote[0]}:{self._local[0]}",
            self.remote[1].encode(),
            priority=1845501695,
            tie_breaker=self._tie,
            use_candidate=True,
        )

    def _handshake(self) -> list[bytes]:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            return self._drain()
        chosen = self._ssl.get_selected_srtp_profile()
        profile = next(p for p in PROFILES if p.openssl == chosen)
        material = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (profile.key + profile.salt))
        keys = split_keys(profile, material, server=False)
        self.inbound, self.outbound = Inbound(keys), Outbound(keys)
        return self._drain()

    def _drain(self) -> list[bytes]:
        """What the handshake wants to send, as datagrams."""
        try:
            return datagrams(self._ssl.bio_read(65536))
        except SSL.Error:
            return []


def client_identity() -> tuple[Identity, str]:
    """A certificate for all participants of this process, and its fingerprint line."""
    identity = make_identity()
    return identity, identity.fingerprint
