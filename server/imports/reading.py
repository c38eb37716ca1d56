"""A CSV file as offices save it: bytes in, headings and rows out. Pure.

UTF-8 with or without a mark, UTF-16 with a mark, else Windows-1251; comma, semicolon or tab; quoted
cells (RFC 4180). Every cell is text and stays text: white space is made single, nothing is computed.
A file that is no table at all is `Unreadable`; a row that cannot be read is a `Problem` and the others
go on.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 60
MAX_CELL = 1000
"""Characters. The longest thing we know, a list of groups, is far below."""

DELIMITERS = ";,\t"

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Nothing that people type: control characters, and those that hide or turn text round."""


class Unreadable(ValueError):
    """The file as a whole. `code` is stable; `details` go with it."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Row(msgspec.Struct, frozen=True):
    """`number` as a spreadsheet counts: the headings are row 1."""

    number: int
    cells: tuple[str, ...]


class Problem(msgspec.Struct, frozen=True):
    """Why a row is not taken. `column` is a heading of the file, or a field of ours where there is none."""

    row: int
    column: str
    code: str
    value: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """A table: every row has as many cells as there are headings; rows without any text are left out."""

    headings: tuple[str, ...]
    rows: list[Row]
    problems: list[Problem]
    encoding: str
    delimiter: str


def read(data: bytes) -> Sheet:
    """Raises:
    Unreadable: ``import.too_large``, ``import.empty``, ``import.binary`` (a spreadsheet's own file, or
        NUL inside), ``import.encoding``, ``import.quotes`` (a quote that never ends),
        ``import.too_many_columns``, ``import.too_many_rows``.
    """
    text, encoding = decode(data)
    delimiter = delimiter_of(text)
    records = _records(text, delimiter)
    headings = next((cells for _, cells in records if any(cells)), ())
    if not headings:
        raise Unreadable("import.empty")
    if len(headings) > MAX_COLUMNS:
        raise Unreadable("import.too_many_columns", most=MAX_COLUMNS)
    names = _distinct([plain(cell)[:200] for cell in headings])
    rows: list[Row] = []
    problems: list[Problem] = []
    seen = 0
    for number, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        seen += 1
        if seen > MAX_ROWS:
            raise Unreadable("import.too_many_rows", most=MAX_ROWS)
        problem = _problem(number, cells, names)
        if problem is not None:
            problems.append(problem)
            continue
        filled = tuple(plain(cell) for cell in cells[: len(names)])
        rows.append(Row(number, filled + ("",) * (len(names) - len(filled))))
    return Sheet(names, rows, problems, encoding, delimiter)


def plain(cell: str) -> str:
    """The cell with single spaces."""
    return " ".join(cell.split())


def shown(value: str) -> str:
    """A cell as it may be shown in a report: short, and without what hides or turns text."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", value[:100])


def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding."""
    if len(data) > MAX_BYTES:
        raise Unreadable("import.too_large", most=MAX_BYTES)
    try:
        text, encoding = _decoded(data)
    except UnicodeDecodeError:
        raise Unreadable("import.encoding") from None
    if "\0" in text:
        raise Unreadable("import.binary")
    if not text.strip():
        raise Unreadable("import.empty")
    return text, encoding


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        if b"\0" in data:
            raise Unreadable("import.binary") from None
        return data.decode("windows-1251"), "windows-1251"


def delimiter_of(text: str) -> str:
    """The one that cuts the first line with text into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=unquoted.count)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Every record with its number, the first being 1."""
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    except csv.Error:  # a cell past 128 kB: somewhere a quote was opened and never closed
        raise Unreadable("import.quotes") from None


def _problem(number: int, cells: Sequence[str], names: Sequence[str]) -> Problem | None:
    for place, cell in enumerate(cells):
        if place >= len(names):
            if cell.strip():
                return Problem(number, "", "import.cells", shown(cell))
        elif len(cell) > MAX_CELL:
            return Problem(number, names[place], "import.cell_long", shown(cell))
        elif _CONTROLS.search(cell):
            return Problem(number, names[place], "import.characters", shown(cell))
    return None


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Headings that name one column each: an empty or repeated one gets its place."""
    found: list[str] = []
    for place, heading in enumerate(names, start=1):
        name = _CONTROLS.sub("", heading)
        while not name or name in found:
            name = f"{name} #{place}".lstrip()
        found.append(name)
    return tuple(found)
