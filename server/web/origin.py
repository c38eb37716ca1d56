"""Where a request comes from: address and scheme behind trusted proxies, and whose page made it. Pure.

Flows in: the peer's address, headers, the settings' trusted networks. Flows out: a `Source`, and
whether an Origin is our own. X-Forwarded-* is believed only from a trusted proxy, and X-Forwarded-For
is read from the right: everything left of the first untrusted address may have been made up.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

MAX_HOPS = 20
"""Entries of X-Forwarded-For that are looked at."""


class Source(NamedTuple):
    """`address` is an IP address or "" (a Unix socket); `secure`: the browser speaks HTTPS."""

    address: str
    secure: bool
    host: str


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse what the settings have checked already."""
    return tuple(ip_network(text, strict=False) for text in texts)


def source(peer: str, secure: bool, headers: Mapping[str, str], proxies: Sequence[Network]) -> Source:
    """Who asks. `peer` is the address of the connection, `secure` whether it is TLS itself."""
    host = headers.get("Host", "")
    if not _trusted(peer, proxies):
        return Source(_plain(peer), secure, host)
    scheme = headers.get("X-Forwarded-Proto", "").strip().lower()
    if scheme in ("http", "https"):
        secure = scheme == "https"
    host = headers.get("X-Forwarded-Host", "").strip() or host
    address = peer
    hops = headers.get("X-Forwarded-For", "").split(",")
    for hop in reversed(hops[-MAX_HOPS:]):
        found = _parse(hop.strip())
        if found is None:
            break
        address = str(found)
        if not _trusted(address, proxies):
            break
    return Source(_plain(address), secure, host)


def is_own(origin: str, here: Source, public_url: str) -> bool:
    """Whether `origin` (the header's value) is the page this server gave out.

    ``null`` (sandboxed frames, file:) is foreign; so is another port.
    """
    given = _origin(origin)
    if given is None:
        return False
    scheme = "https" if here.secure else "http"
    return given in (_origin(f"{scheme}://{here.host}"), _origin(public_url))


def network_of(address: str) -> str:
    """What counts as one place for rate limits: an IPv4 address, an IPv6 /64."""
    found = _parse(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return address


def _origin(text: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        return None
    if parts.username is not None or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _plain(text: str) -> str:
    found = _parse(text)
    return str(found) if found else ""


def _trusted(address: str, proxies: Sequence[Network]) -> bool:
    found = _parse(address)
    return found is not None and any(found in network for network in proxies)
