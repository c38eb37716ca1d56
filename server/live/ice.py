"""Relays for networks that let only TLS through: what the browser is told, with short-lived passwords.

Source: draft-uberti-behave-turn-rest-00, which coturn implements (`use-auth-secret`): the user name is
an expiry time and a name, the password its HMAC-SHA1 under the shared secret.
"""

import base64
import hmac

from server.live.words import IceServer
from server.settings import Settings


def servers(settings: Settings, person: str, now: int) -> list[IceServer]:
    """For RTCPeerConnection's `iceServers`. `now` in µs since 1970 of the wall clock."""
    stun = [url for url in settings.turn_urls if url.startswith("stun:")]
    turn = [url for url in settings.turn_urls if not url.startswith("stun:")]
    found = [IceServer(stun)] if stun else []
    if turn and settings.turn_secret:
        username = f"{now // 1_000_000 + settings.turn_hours * 3600}:{person}"
        digest = hmac.digest(settings.turn_secret.encode(), username.encode(), "sha1")
        found.append(IceServer(turn, username, base64.b64encode(digest).decode()))
    return found
