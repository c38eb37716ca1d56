"""Short texts that people write: a question, an option, an answer. A text in, a clean one out. Pure."""

from server.errors import ApiError
from server.live.text import clean

QUESTION = 500
OPTION = 200
ANSWER = 200
"""Characters."""


def short(text: str, limit: int) -> str:
    """As `clean`, on one line.

    Raises:
        ApiError: `chat.empty`, `chat.too_long` (400).
    """
    line = " ".join(clean(text).split())
    if len(line) > limit:
        raise ApiError("chat.too_long", 400, limit=limit)
    return line
