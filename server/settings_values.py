"""How one setting's value is read: text or TOML in, a checked Python value out.

Each parser takes what an environment variable (always a string) or the TOML file (string, number,
boolean or list) gave and returns the value that `Settings` holds, or raises `ValueError` with words
that fit after "is wrong: ". Pure: nothing here looks at the machine.
"""

import ipaddress
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


class Address(NamedTuple):
    """Where to listen: an IP address or host name, and a port (0: any free one)."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it wants a string in quotes")
    if any(ord(letter) < 32 for letter in value):
        raise ValueError("it holds a control character")
    return value


def items(value: Any) -> tuple[str, ...]:
    """A TOML list of strings, or one string with commas."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")] if value.strip() else []
    if not isinstance(value, list | tuple):
        raise ValueError("it wants a list of strings")
    parts = tuple(text(part) for part in value)
    if "" in parts:
        raise ValueError("the list holds an empty item")
    return parts


def origins(value: Any) -> tuple[str, ...]:
    """Origins of the web: ``https://lms.example.kg``."""
    for each in items(value):
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", each):
            raise ValueError(f"{each!r} is no origin: https://host, without a path")
    return items(value)


def address(value: Any) -> Address:
    whole = text(value)
    host, colon, port = whole.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError(f"{whole!r} is not host:port")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        ipaddress.IPv6Address(host)
    elif not re.fullmatch(r"[A-Za-z0-9._-]+", host):
        raise ValueError(f"{whole!r} is not host:port; write IPv6 addresses as [::1]:8080")
    return Address(host, int(port))


def host(value: Any) -> str:
    """A host name or IP address, or nothing."""
    name = text(value)
    if name and not re.fullmatch(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}", name):
        raise ValueError(f"{name!r} is no host such as mail.example.kg")
    return name


MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
"""A plain address (RFC 5321, 4.1.2, without quoted local parts): nothing in it can end a header or begin
a second recipient."""


def mail_address(value: Any) -> str:
    address = text(value)
    if address and (len(address) > 254 or not MAIL_ADDRESS.fullmatch(address)):
        raise ValueError(f"{address!r} is no mail address such as sabak@example.kg")
    return address


def addresses(value: Any) -> tuple[Address, ...]:
    found = tuple(address(part) for part in items(value))
    if not found:
        raise ValueError("it wants at least one host:port")
    return found


def ip_addresses(value: Any) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_address(part)) for part in items(value))


def networks(value: Any) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(part)) for part in items(value))


def whole(least: int, most: int) -> Any:
    """A parser of whole numbers in least..most."""

    def parse(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"it wants a whole number from {least} to {most}")
        return value

    return parse


def number(least: float, most: float) -> Any:
    """A parser of numbers in least..most."""

    def parse(value: Any) -> float:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"it wants a number from {least:g} to {most:g}")
        return float(value)

    return parse


def flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False}
    known |= {"no": False, "off": False, "": False}
    if not isinstance(value, str) or value.lower() not in known:
        raise ValueError("it wants true or false")
    return known[value.lower()]


def one_of(*choices: str) -> Any:
    def parse(value: Any) -> str:
        if value not in choices:
            raise ValueError("it wants one of " + ", ".join(choices))
        return str(value)

    return parse


def time_zone(value: Any) -> str:
    name = text(value)
    try:
        ZoneInfo(name)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"{name!r} is not a time zone such as Asia/Bishkek") from None
    except KeyError:
        raise ValueError(f"{name!r} is not a time zone such as Asia/Bishkek") from None
    return name


def origin(value: Any) -> str:
    """An address of pages: scheme, host and port, no path."""
    url = text(value).rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or " " in url:
        raise ValueError(f"{url!r} is not an address such as https://sabak.example.kg")
    return url


def database(value: Any) -> str:
    url = text(value)
    if url and not re.match(r"postgres(ql)?://[^/]", url):
        raise ValueError("it wants postgresql://user:password@host/name, or nothing for SQLite")
    return re.sub(r"^postgres://", "postgresql://", url)


def turn_urls(value: Any) -> tuple[str, ...]:
    urls = items(value)
    for url in urls:
        if not re.fullmatch(r"(turns?|stun):[A-Za-z0-9.:\[\]_-]+(\?transport=(udp|tcp))?", url):
            raise ValueError(f"{url!r} is not an address such as turn:turn.example.kg:3478?transport=udp")
    return urls
