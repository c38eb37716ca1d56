"""STUN as ICE uses it (RFC 8489, RFC 8445): datagrams in, checked messages out, and back.

Also the first look at any datagram of the media port: STUN, DTLS, RTP or RTCP share it (RFC 7983,
RFC 5761). Nothing here trusts a length: each is checked against the bytes that are there.
"""

import hashlib
import hmac
import ipaddress
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from media.errors import Malformed

COOKIE: Final = 0x2112A442
FINGERPRINT_XOR: Final = 0x5354554E
MAX_MESSAGE: Final = 1500
"""Bytes. ICE checks are about 100; nothing legitimate is longer than a datagram of the path."""
MAX_USERNAME: Final = 513
"""Bytes, RFC 8489 section 14.3."""

BINDING: Final = 0x001

REQUEST: Final = 0
INDICATION: Final = 1
SUCCESS: Final = 2
ERROR: Final = 3

USERNAME: Final = 0x0006
MESSAGE_INTEGRITY: Final = 0x0008
ERROR_CODE: Final = 0x0009
UNKNOWN_ATTRIBUTES: Final = 0x000A
MESSAGE_INTEGRITY_SHA256: Final = 0x001C
XOR_MAPPED_ADDRESS: Final = 0x0020
PRIORITY: Final = 0x0024
USE_CANDIDATE: Final = 0x0025
FINGERPRINT: Final = 0x8028
ICE_CONTROLLED: Final = 0x8029
ICE_CONTROLLING: Final = 0x802A

REASONS: Final = {
    400: "Bad Request",
    401: "Unauthenticated",
    420: "Unknown Attribute",
    487: "Role Conflict",
    500: "Server Error",
}

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_FIXED = {PRIORITY: 4, USE_CANDIDATE: 0, ICE_CONTROLLED: 8, ICE_CONTROLLING: 8, FINGERPRINT: 4}
_IGNORED = {0x0001, 0x0014, 0x0015, 0x001D, 0x001E}
"""Comprehension-required attributes that mean nothing to short-term credentials: MAPPED-ADDRESS,
REALM, NONCE, PASSWORD-ALGORITHM, USERHASH."""

Address = tuple[str, int]


def is_stun(data: bytes) -> bool:
    """True for a first byte of 0..3 with the magic cookie in place."""
    return len(data) >= 20 and data[0] <= 3 and data[4:8] == b"\x21\x12\xa4\x42"


def is_dtls(data: bytes) -> bool:
    return len(data) >= 13 and 20 <= data[0] <= 63


def is_rtp_or_rtcp(data: bytes) -> bool:
    return len(data) >= 8 and 128 <= data[0] <= 191


def is_rtcp(data: bytes) -> bool:
    """Of a datagram for which `is_rtp_or_rtcp` holds: packet types 192..223 (RFC 5761 section 4)."""
    return 192 <= data[1] <= 223


@dataclass(slots=True)
class Message:
    """One STUN message. Fields of attributes that are absent keep their defaults."""

    kind: int
    """REQUEST, INDICATION, SUCCESS or ERROR."""
    method: int
    transaction: bytes
    raw: bytes
    username: str = ""
    """Of a request to us: ``<our ufrag>:<their ufrag>``."""
    priority: int = 0
    use_candidate: bool = False
    controlling: int | None = None
    """The tie-breaker of an agent that holds itself controlling, else None."""
    controlled: int | None = None
    mapped: Address | None = None
    error: int = 0
    fingerprint: bool = False
    """A FINGERPRINT was there (and right: a wrong one does not parse)."""
    unknown: tuple[int, ...] = ()
    """Comprehension-required attributes that we do not know: answer 420."""
    integrity_at: int = 0
    """Offset of the MESSAGE-INTEGRITY attribute, 0 when there is none."""

    def integrity_holds(self, password: bytes) -> bool:
        """Whether MESSAGE-INTEGRITY is present and made with `password` (RFC 8489 section 14.5)."""
        at = self.integrity_at
        if not at:
            return False
        given = self.raw[at + 4 : at + 24]
        return hmac.compare_digest(given, _integrity(self.raw[:at], password))


def _integrity(before: bytes, password: bytes) -> bytes:
    """HMAC-SHA1 over the message up to the attribute, its length counted as if it ended there."""
    length = len(before) - 20 + 24
    return hmac.digest(password, before[:2] + struct.pack("!H", length) + before[4:], hashlib.sha1)


def parse(data: bytes) -> Message:
    """Parse one datagram.

    Raises:
        Malformed: wrong framing, a wrong FINGERPRINT, or an attribute of a wrong size.
    """
    size = len(data)
    if size < 20 or size > MAX_MESSAGE:
        raise Malformed("a STUN message of a wrong size")
    kind_and_method, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind_and_method & 0xC000 or cookie != COOKIE or length % 4 or length + 20 != size:
        raise Malformed("a wrong STUN header")
    message = Message(
        kind=(kind_and_method >> 7 & 2) | (kind_and_method >> 4 & 1),
        method=(kind_and_method >> 2 & 0xF80) | (kind_and_method >> 1 & 0x70) | (kind_and_method & 0xF),
        transaction=transaction,
        raw=bytes(data),
    )
    unknown: list[int] = []
    at = 20
    while at < size:
        if message.fingerprint:
            raise Malformed("FINGERPRINT is not the last attribute")
        if at + 4 > size:
            raise Malformed("a cut STUN attribute")
        kind, width = _ATTRIBUTE.unpack_from(data, at)
        end = at + 4 + width
        if end > size:
            raise Malformed("a STUN attribute past the end")
        if kind in _FIXED and width != _FIXED[kind]:
            raise Malformed("a STUN attribute of a wrong size")
        # After MESSAGE-INTEGRITY only FINGERPRINT counts (RFC 8489 section 14.5).
        if not message.integrity_at or kind == FINGERPRINT:
            _take(message, kind, at, data[at + 4 : end], unknown)
        at = end + (-width % 4)
    if at != size:
        raise Malformed("a STUN attribute past the end")
    message.unknown = tuple(unknown)
    return message


def _take(message: Message, kind: int, at: int, value: bytes, unknown: list[int]) -> None:
    match kind:
        case 0x0006:  # USERNAME
            if len(value) > MAX_USERNAME:
                raise Malformed("a STUN username of a wrong size")
            try:
                message.username = value.decode()
            except UnicodeDecodeError:
                raise Malformed("a STUN username that is not UTF-8") from None
        case 0x0008:  # MESSAGE-INTEGRITY
            if len(value) != 20:
                raise Malformed("a STUN attribute of a wrong size")
            message.integrity_at = at
        case 0x0009:  # ERROR-CODE
            if len(value) < 4:
                raise Malformed("a STUN attribute of a wrong size")
            message.error = (value[2] & 7) * 100 + value[3]
        case 0x0020:  # XOR-MAPPED-ADDRESS
            message.mapped = _read_address(value, message.transaction)
        case 0x0024:
            message.priority = int.from_bytes(value, "big")
        case 0x0025:
            message.use_candidate = True
        case 0x8029:
            message.controlled = int.from_bytes(value, "big")
        case 0x802A:
            message.controlling = int.from_bytes(value, "big")
        case 0x8028:
            if int.from_bytes(value, "big") != zlib.crc32(message.raw[:at]) ^ FINGERPRINT_XOR:
                raise Malformed("a wrong STUN fingerprint")
            message.fingerprint = True
        case 0x000A | 0x001C:
            pass
        case _:
            if kind < 0x8000 and kind not in _IGNORED and len(unknown) < 16:
                unknown.append(kind)


def _read_address(value: bytes, transaction: bytes) -> Address:
    if len(value) == 8 and value[1] == 1:
        width, mask = 4, COOKIE.to_bytes(4, "big")
    elif len(value) == 20 and value[1] == 2:
        width, mask = 16, COOKIE.to_bytes(4, "big") + transaction
    else:
        raise Malformed("a STUN address of a wrong size")
    port = int.from_bytes(value[2:4], "big") ^ (COOKIE >> 16)
    raw = bytes(a ^ b for a, b in zip(value[4 : 4 + width], mask, strict=True))
    return str(ipaddress.ip_address(raw)), port


def _write_address(address: Address, transaction: bytes) -> bytes:
    host, port = address
    ip = ipaddress.ip_address(host.partition("%")[0])
    if ip.version == 6 and ip.ipv4_mapped is not None:  # what a dual-stack socket calls IPv4
        ip = ip.ipv4_mapped
    mask = (COOKIE.to_bytes(4, "big") + transaction)[: len(ip.packed)]
    family = 1 if ip.version == 4 else 2
    masked = bytes(a ^ b for a, b in zip(ip.packed, mask, strict=True))
    return struct.pack("!BBH", 0, family, port ^ (COOKIE >> 16)) + masked


def build(
    kind: int,
    transaction: bytes,
    attributes: list[tuple[int, bytes]],
    password: bytes | None,
    *,
    method: int = BINDING,
) -> bytes:
    """A message with these attributes, then MESSAGE-INTEGRITY (unless `password` is None) and
    FINGERPRINT. `transaction` is 12 bytes."""
    assert len(transaction) == 12
    body = b"".join(
        _ATTRIBUTE.pack(number, len(value)) + value + bytes(-len(value) % 4) for number, value in attributes
    )
    bits = (method & 0xF80) << 2 | (method & 0x70) << 1 | method & 0xF | (kind & 2) << 7 | (kind & 1) << 4
    message = _HEADER.pack(bits, len(body), COOKIE, transaction) + body
    if password is not None:
        message += _ATTRIBUTE.pack(MESSAGE_INTEGRITY, 20) + _integrity(message, password)
    length = len(message) - 20 + 8
    message = message[:2] + struct.pack("!H", length) + message[4:]
    return message + struct.pack("!HHI", FINGERPRINT, 4, zlib.crc32(message) ^ FINGERPRINT_XOR)


def binding_success(transaction: bytes, address: Address, password: bytes) -> bytes:
    """The answer to a check: the address it came from, signed with our own password."""
    return build(SUCCESS, transaction, [(XOR_MAPPED_ADDRESS, _write_address(address, transaction))], password)


def binding_error(
    transaction: bytes, code: int, password: bytes | None = None, unknown: tuple[int, ...] = ()
) -> bytes:
    """An error answer; 400 and 401 go out unsigned (RFC 8489 section 9.1.3), so give no password."""
    reason = REASONS.get(code, "Error").encode()
    attributes = [(ERROR_CODE, struct.pack("!HBB", 0, code // 100, code % 100) + reason)]
    if unknown:
        attributes.append((UNKNOWN_ATTRIBUTES, b"".join(struct.pack("!H", number) for number in unknown)))
    return build(ERROR, transaction, attributes, password)


def binding_request(
    transaction: bytes,
    username: str,
    password: bytes,
    *,
    priority: int,
    tie_breaker: int,
    controlling: bool = True,
    use_candidate: bool = False,
) -> bytes:
    """A connectivity or consent check, as a client sends it: `username` is ``<remote>:<local>``
    ufrag, `password` the remote's."""
    attributes = [
        (USERNAME, username.encode()),
        (ICE_CONTROLLING if controlling else ICE_CONTROLLED, struct.pack("!Q", tie_breaker)),
        (PRIORITY, struct.pack("!I", priority)),
    ]
    if use_candidate:
        attributes.append((USE_CANDIDATE, b""))
    return build(REQUEST, transaction, attributes, password)
