"""Links to files of recordings: signed, for one person, for some hours. Pure but for the key's file.

Whoever has a link has the file until it expires, so that players and their range requests need no
login; whoever changes a byte of it has nothing.
"""

import hmac
import os
import secrets
from pathlib import Path

HOURS = 6
"""A lesson is watched in one sitting; a page that stays open asks for new links."""


class Links:
    """Signs and checks. The key is made at the first start and kept in the data folder."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, path: Path) -> "Links":
        """Read the key, or make it, readable for this user alone."""
        try:
            return cls(path.read_bytes())
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            key = secrets.token_bytes(32)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "wb") as out:
                out.write(key)
            return cls(key)

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
