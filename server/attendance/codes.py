"""Codes of QR-visit (R7): one for each session and ten seconds, worthless a moment later. Pure.

A code says its session and its slot of time and proves both by an HMAC; nobody can make the next one.
"""

import hmac
import re
from typing import NamedTuple

SLOT = 10_000_000
"""Microseconds that a code is shown."""
GRACE = 4_000_000
"""Microseconds a code still counts after it has gone from the screen: a phone has to load a page."""
CODE = re.compile(r"([0-9a-z]{1,16})-([0-9]{1,12})-([0-9a-f]{16})")


class Shown(NamedTuple):
    """The code on the screen and how long it stays there, in microseconds."""

    code: str
    left: int


def show(key: bytes, session: str, now: int) -> Shown:
    slot = now // SLOT
    return Shown(f"{session}-{slot}-{_proof(key, session, slot)}", (slot + 1) * SLOT - now)


def read(key: bytes, code: str, now: int) -> str | None:
    """The session of a code that counts now; None for a stale, future, foreign or invented one."""
    found = CODE.fullmatch(code)
    if found is None:
        return None
    session, slot = found[1], int(found[2])
    if not hmac.compare_digest(_proof(key, session, slot), found[3]):
        return None
    begins = slot * SLOT
    return session if begins <= now < begins + SLOT + GRACE else None


def _proof(key: bytes, session: str, slot: int) -> str:
    return hmac.digest(key, f"{session}\n{slot}".encode(), "sha256").hex()[:16]
