"""What a paper is: a title, what it is about, a table, totals, places for signatures. Plain values.

Whoever makes a paper knows the figures and the words; the writers beside know only this shape, so that
the page, the spreadsheet and the print can never say different things.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

Kind = Literal["text", "whole", "number", "share", "mark", "trend"]
"""text; whole numbers; numbers with one decimal; a share 0..1 shown in percent; a short sign, centred;
percents one after the other as text, which a page draws as a line."""

Cell = str | int | float | None

DASH = "–"


class Column(msgspec.Struct, frozen=True):
    """`weight`: its part of the width of a page; a mark's column is as narrow as can be."""

    title: str
    kind: Kind = "text"
    weight: float = 1.0


class Picture(msgspec.Struct, frozen=True):
    """A small picture below a row: a JPEG of `width` x `height` points, and what it shows in words."""

    jpeg: bytes
    width: int
    height: int
    words: str


class Paper(msgspec.Struct):
    """`about` are lines of a heading, each a name and a value; `totals` is empty or a last row; `plot` is
    the column that a page draws beside the table, -1 for none; `pictures` are those of each row by its place,
    which only the print has."""

    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    about: list[tuple[str, str]] = []
    totals: list[Cell] = []
    notes: list[str] = []
    signatures: list[str] = []
    language: str = "ky"
    plot: int = -1
    pictures: dict[int, list[Picture]] = {}


def shown(cell: Cell, kind: Kind, language: str) -> str:
    """A cell as a person reads it: 0.9231 of a share is "92,3 %" in Kyrgyz and Russian."""
    if cell is None:
        return DASH if kind in ("share", "number", "whole") else ""
    if isinstance(cell, str):
        return cell
    match kind:
        case "share":
            text = f"{_tenths(cell * 100)} %"
        case "number":
            text = _tenths(cell)
        case _:
            text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    return text if language == "en" else text.replace(".", ",")


def _tenths(figure: float) -> str:
    """One decimal, halves upwards as browsers write them: the page and the paper must not differ."""
    return str(Decimal(figure).quantize(Decimal("0.1"), ROUND_HALF_UP))


def total(rows: Sequence[Sequence[Cell]], column: int) -> int | float:
    """The sum of a column, empty cells aside; rounded as the cells are."""
    figures = [cell for row in rows if isinstance(cell := row[column], int | float)]
    found = sum(figures)
    return round(found, 4) if isinstance(found, float) else found


def harmless(cell: str) -> str:
    """Text that no spreadsheet takes for a formula when it opens a CSV file."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell != "+" else cell
