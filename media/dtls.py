"""DTLS as the server side (RFC 6347, RFC 5764): datagrams of one peer in, datagrams and SRTP keys out.

One self-made ECDSA certificate serves the worker process. The certificate of the other side is
believed only if its fingerprint was in the offer; until that is checked no key exists. Addresses are
proven by ICE before a datagram comes here, so there is no cookie exchange; what is bounded is the
number of handshakes under way and the work that one peer may cause. Nothing here waits: timers are
asked for with `deadline` and driven by `timeout`.
"""

import datetime
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from media.srtp import PROFILES, Keys, split_keys

MTU: Final = 1200
"""Bytes of a DTLS datagram: fits every path that carries media."""
MAX_DATAGRAMS: Final = 200
"""Handshake datagrams taken from one peer; an honest handshake with losses needs under 20."""
HANDSHAKE_TIME: Final = 20.0
"""Seconds after which an unfinished handshake is given up."""
DTLS_1_2: Final = 0xFEFD
RECORD_HEADER: Final = 13

CIPHERS: Final = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
    b"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA"
)
DIGESTS: Final[dict[str, Callable[[], hashes.HashAlgorithm]]] = {
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}

State = Literal["new", "handshake", "open", "closed", "failed"]


def fingerprint(certificate: x509.Certificate, algorithm: str) -> str:
    """``AA:BB:...`` of the certificate; KeyError for an algorithm we do not take (SHA-1, MD5)."""
    return certificate.fingerprint(DIGESTS[algorithm]()).hex(":").upper()


def matches(certificate: x509.Certificate, offered: list[str]) -> bool:
    """Whether one of the offered ``sha-256 AA:BB:...`` is this certificate's (RFC 8122 section 5)."""
    for line in offered:
        algorithm, _, value = line.partition(" ")
        if algorithm.lower() in DIGESTS and value.strip().upper() == fingerprint(
            certificate, algorithm.lower()
        ):
            return True
    return False


@dataclass(frozen=True)
class Identity:
    """The worker's certificate and the context made of it."""

    context: SSL.Context
    fingerprint: str
    """As it stands in the answer: ``sha-256 AA:BB:...``."""


def make_identity() -> Identity:
    """A fresh P-256 key and a certificate for 400 days; a worker lives shorter than that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=400))
        .sign(key, hashes.SHA256())
    )
    context = SSL.Context(SSL.DTLS_METHOD)
    # 1.3 hides record lengths that we need to cut flights into datagrams, and not every browser has it.
    context.set_max_proto_version(DTLS_1_2)
    context.set_min_proto_version(DTLS_1_2)
    context.set_options(
        SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_QUERY_MTU | SSL.OP_CIPHER_SERVER_PREFERENCE
    )
    # Any certificate may come: what it is worth is decided by its fingerprint, in `_finish`.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_cipher_list(CIPHERS)
    context.set_tlsext_use_srtp(b":".join(profile.openssl for profile in PROFILES))
    return Identity(context, f"sha-256 {fingerprint(certificate, 'sha-256')}")


class Budget:
    """How many handshakes of the worker may be under way at one time."""

    __slots__ = ("limit", "open")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0


class Dtls:
    """The DTLS association of one peer.

    `receive` and `timeout` return the datagrams to send. `state` tells what became of it; with
    ``open`` come `keys`, with ``failed`` a stable `reason`.
    """

    def __init__(self, identity: Identity, fingerprints: list[str], budget: Budget, now: float) -> None:
        self._identity = identity
        self._offered = fingerprints
        self._budget = budget
        self._ssl: Any = None
        self._taken = 0
        self._give_up = now + HANDSHAKE_TIME
        self.state: State = "new"
        self.keys: Keys | None = None
        self.reason = ""

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take one datagram. Garbage is ignored, as DTLS must (RFC 6347 section 4.1.2.7)."""
        if self.state in ("closed", "failed"):
            return []
        if self.state == "new":
            if not _is_client_hello(datagram) or self._budget.open >= self._budget.limit:
                return []
            self._begin(now)
        if self.state == "handshake":
            self._taken += 1
            if self._taken > MAX_DATAGRAMS:
                return self._fail("dtls.flood")
        try:
            self._ssl.bio_write(datagram)
        except SSL.Error:
            return []
        return self._handshake() if self.state == "handshake" else self._read()

    def deadline(self, now: float) -> float | None:
        """When `timeout` wants to be called, or None."""
        if self.state != "handshake":
            return None
        wait = self._ssl.DTLSv1_get_timeout()
        return min(self._give_up, now + wait) if wait is not None else self._give_up

    def timeout(self, now: float) -> list[bytes]:
        """Retransmit the last flight when its time has come, or give up."""
        if self.state != "handshake":
            return []
        if now >= self._give_up:
            return self._fail("dtls.timeout")
        try:
            self._ssl.DTLSv1_handle_timeout()
        except SSL.Error:
            return self._fail("dtls.timeout")
        return self._drain()

    def close(self) -> list[bytes]:
        """Say goodbye: a close_notify, so that the client knows at once."""
        out: list[bytes] = []
        if self.state == "open":
            try:
                self._ssl.shutdown()
            except SSL.Error:
                pass
            out = self._drain()
        if self.state == "handshake":
            self._budget.open -= 1
        if self.state != "failed":
            self.state = "closed"
        self._ssl = None
        return out

    def _begin(self, now: float) -> None:
        self._ssl = SSL.Connection(self._identity.context, None)
        self._ssl.set_accept_state()
        self._ssl.set_ciphertext_mtu(MTU)
        self._budget.open += 1
        self._give_up = now + HANDSHAKE_TIME
        self.state = "handshake"

    def _handshake(self) -> list[bytes]:
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            return self._drain()
        except SSL.Error:
            return self._fail("dtls.handshake")
        return self._finish()

    def _finish(self) -> list[bytes]:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or not matches(certificate, self._offered):
            return self._fail("dtls.fingerprint")
        chosen = self._ssl.get_selected_srtp_profile()
        profile = next((profile for profile in PROFILES if profile.openssl == chosen), None)
        if profile is None:
            return self._fail("dtls.profile")
        size = 2 * (profile.key + profile.salt)
        material = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        self.keys = split_keys(profile, material)
        self._budget.open -= 1
        self.state = "open"
        return self._drain()

    def _read(self) -> list[bytes]:
        """After the handshake only alerts and lost flights are of interest; data is thrown away."""
        try:
            while True:
                self._ssl.recv(4096)
        except SSL.ZeroReturnError:
            out = self._drain()
            self.state = "closed"
            self.reason = "dtls.closed"
            return out
        except SSL.WantReadError:
            return self._drain()
        except SSL.Error:
            self.state = "closed"
            self.reason = "dtls.alert"
            return []

    def _fail(self, reason: str) -> list[bytes]:
        if self.state == "handshake":
            self._budget.open -= 1
        out = self._drain()
        self.state = "failed"
        self.reason = reason
        self._ssl = None
        return out

    def _drain(self) -> list[bytes]:
        try:
            return datagrams(self._ssl.bio_read(65536))
        except SSL.Error:  # nothing to send
            return []


def _is_client_hello(datagram: bytes) -> bool:
    """A handshake record of epoch 0 that carries a ClientHello."""
    return (
        len(datagram) > RECORD_HEADER
        and datagram[0] == 22
        and datagram[1] == 0xFE
        and datagram[3:5] == b"\x00\x00"
        and datagram[RECORD_HEADER] == 1
    )


def datagrams(flight: bytes) -> list[bytes]:
    """Cut a flight at record boundaries into datagrams of at most `MTU` bytes."""
    out: list[bytes] = []
    start = at = 0
    while at + RECORD_HEADER <= len(flight):
        (length,) = struct.unpack_from("!H", flight, at + 11)
        end = at + RECORD_HEADER + length
        if end - start > MTU and at > start:
            out.append(flight[start:at])
            start = at
        at = end
    if start < len(flight):
        out.append(flight[start:])
    return out
