"""The order of Kyrgyz and Russian words, which no database of ours knows by itself, and paging by it.

Pure. Ң follows Н, Ө follows О, Ү follows У, Ё follows Е; numbers inside names sort by value, so ИТ-9
comes before ИТ-21.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

_ALPHABET = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"
_RANK = {letter: f"{0x430 + place:c}" for place, letter in enumerate(_ALPHABET)}
_DIGITS = re.compile(r"(\d+)")

T = TypeVar("T")


def sort_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Compare names by this, case put aside."""
    return tuple(
        (0, int(part[:18]), part) if part.isdecimal() else (1, 0, "".join(_RANK.get(c, c) for c in part))
        for part in _DIGITS.split(text.lower())
        if part
    )


def page(
    items: Iterable[T], name: Callable[[T], str], key: Callable[[T], str], after: str, limit: int
) -> tuple[list[T], str]:
    """`items` sorted by name, those after the item with key `after`, at most `limit`; and the next
    `after`, empty at the end. An `after` that has gone meanwhile starts from the beginning."""
    ordered = sorted(items, key=lambda item: (sort_key(name(item)), key(item)))
    start = next((place + 1 for place, item in enumerate(ordered) if key(item) == after), 0)
    found = ordered[start : start + limit]
    more = start + limit < len(ordered)
    return found, key(found[-1]) if found and more else ""
