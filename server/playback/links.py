"""Links to files of recordings: signed, for one person, for some hours. Pure.

Whoever has a link has the file until it expires, so that players and their range requests need no
login; whoever changes a byte of it has nothing.
"""

import hmac

HOURS = 6
"""A lesson is watched in one sitting; a page that stays open asks for new links."""


class Links:
    """Signs and checks."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def path(self, piece: str, person: str, upto: int, now: int) -> str:
        """The address of a piece. `upto`: the bytes of a growing one, 0 for a finished; `now` in µs."""
        expires = now // 1_000_000 + HOURS * 3600
        sign = self._sign(piece, person, upto, expires)
        return f"/api/v1/recordings/{piece}/{expires}/{upto}/{person}/{sign}"

    def holds(self, piece: str, person: str, upto: int, expires: int, sign: str, now: int) -> bool:
        whole = hmac.compare_digest(self._sign(piece, person, upto, expires).encode(), sign.encode())
        return whole and now // 1_000_000 < expires

    def _sign(self, piece: str, person: str, upto: int, expires: int) -> str:
        words = "\n".join((piece, person, str(upto), str(expires)))
        return hmac.digest(self._key, words.encode(), "sha256").hex()[:40]
