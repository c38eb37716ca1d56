"""What people write, made safe to show: a chat line in, a clean chat line out. Pure.

Browsers draw text as text, so this is not about markup: it removes what would disturb other people's
screens - control characters, direction overrides that turn names around (Unicode TR 36), towers of
combining marks and pages of empty lines.
"""

import re
import unicodedata

from server.errors import ApiError

LIMIT = 2000
"""Characters of one chat line after cleaning."""

MARKS = 4
"""Combining marks in a row that stay; Vietnamese and pointed Hebrew need up to three."""

_LINES = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_CONTROL = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_MANY_LINES = re.compile(r"\n{4,}")


def clean(text: str) -> str:
    """Normalise to NFC, one kind of line break, no control characters, no blank edges.

    Raises:
        ApiError: `chat.empty` (400), `chat.too_long` (400, with `limit`).
    """
    if len(text) > 4 * LIMIT:  # before any work is done on it
        raise ApiError("chat.too_long", 400, limit=LIMIT)
    text = _CONTROL.sub("", _LINES.sub("\n", text)).replace("\t", " ")
    text = _without_towers(unicodedata.normalize("NFC", text))
    text = _MANY_LINES.sub("\n\n\n", text).strip()
    if not text or not any(_shows(letter) for letter in text):
        raise ApiError("chat.empty", 400)
    if len(text) > LIMIT:
        raise ApiError("chat.too_long", 400, limit=LIMIT)
    return text


def short(text: str, limit: int) -> str:
    """One line of a name or a reason, cleaned as a chat line is.

    Raises:
        ApiError: `text.empty`, `text.too_long` (400, with `limit`).
    """
    try:
        line = " ".join(clean(text).split())
    except ApiError as error:
        if error.code == "chat.empty":
            raise ApiError("text.empty", 400, limit=limit) from None
        raise ApiError("text.too_long", 400, limit=limit) from None
    if len(line) > limit:
        raise ApiError("text.too_long", 400, limit=limit)
    return line


def _without_towers(text: str) -> str:
    if not any(unicodedata.combining(letter) for letter in text):
        return text
    kept: list[str] = []
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= MARKS:
            kept.append(letter)
    return "".join(kept)


def _shows(letter: str) -> bool:
    """Whether a letter puts anything on the screen: no space, no format character alone."""
    return unicodedata.category(letter) not in ("Zs", "Zl", "Zp", "Cf", "Cc")
