"""One row through its mapping: our field in, a checked value out, or a `Bad` that names the cell. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any, TypeVar

import msgspec

from server.errors import ApiError
from server.imports.reading import Problem, Sheet, shown
from server.imports.words import YES_NO, fold
from server.plan.calendar import check_day

T = TypeVar("T")

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII)
_LOCAL = re.compile(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?", re.ASCII)


class Bad(ValueError):
    """A cell that will not do. `code` is stable, `field` one of ours."""

    def __init__(self, code: str, field: str, value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.value = value


class Line:
    """A row by our fields; what no column is given for is empty."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self._cells = cells

    def has(self, field: str) -> bool:
        """Whether a column is given for the field, be it empty in this row."""
        return field in self._cells

    def text(self, field: str) -> str:
        return self._cells.get(field, "")

    def bad(self, code: str, field: str, value: str | None = None) -> Bad:
        return Bad(code, field, self.text(field) if value is None else value)

    def need(self, field: str) -> str:
        """Raises:
        Bad: ``import.missing``.
        """
        found = self.text(field)
        if not found:
            raise Bad("import.missing", field)
        return found

    def ruled(self, field: str, rule: Callable[[str], T]) -> T:
        """The text through a rule of another room; its refusal becomes ours."""
        text = self.text(field)
        try:
            return rule(text)
        except ApiError as error:
            raise Bad(error.code, field, text) from None

    def shaped(self, field: str, shape: Any, value: Any = None) -> Any:
        """The text (or `value`) as a type with bounds.

        Raises:
            Bad: ``import.value``.
        """
        try:
            return msgspec.convert(self.text(field) if value is None else value, shape, strict=False)
        except msgspec.ValidationError:
            raise self.bad("import.value", field) from None

    def word(self, field: str, words: Mapping[str, str], default: str = "") -> str:
        """Raises:
        Bad: ``import.word``: not one of `words`.
        """
        text = self.text(field)
        return _word(field, text, words) if text else default

    def words(self, field: str, words: Mapping[str, str]) -> list[str]:
        return list(dict.fromkeys(_word(field, part, words) for part in self.parts(field)))

    def parts(self, field: str) -> list[str]:
        """The items of a list in one cell, each once."""
        return list(dict.fromkeys(filter(None, map(str.strip, re.split(r"[,;|]", self.text(field))))))

    def flag(self, field: str) -> bool:
        return self.word(field, YES_NO, "no") == "yes"

    def number_of(self, field: str, shape: Any) -> int:
        return int(self.shaped(field, shape)) if self.text(field) else 0

    def day(self, field: str) -> date | None:
        """A day as 2026-09-01, 01.09.2026 or 01/09/2026; None where there is none.

        Raises:
            Bad: ``import.date``, ``plan.date`` (out of the calendar).
        """
        text = self.text(field)
        if not text:
            return None
        found = _ISO.fullmatch(text) or _LOCAL.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            return check_day(date(int(found["y"]), int(found["m"]), int(found["d"])))
        except ApiError as error:
            raise self.bad(error.code, field) from None
        except ValueError:
            raise self.bad("import.date", field) from None

    def clock(self, field: str) -> time:
        """A time of day as 9:30, 09:30 or 09.30.

        Raises:
            Bad: ``import.time``, ``import.missing``.
        """
        found = _CLOCK.fullmatch(self.need(field))
        try:
            if found is None:
                raise ValueError
            return time(int(found[1]), int(found[2]))
        except ValueError:
            raise self.bad("import.time", field) from None


def _word(field: str, text: str, words: Mapping[str, str]) -> str:
    found = words.get(fold(text))
    if found is None:
        raise Bad("import.word", field, text)
    return found


def lines(sheet: Sheet, mapping: Mapping[str, str]) -> Iterator[Line]:
    """Every row of a sheet by our fields."""
    places = [(field, sheet.headings.index(heading)) for field, heading in mapping.items()]
    for row in sheet.rows:
        yield Line(row.number, {field: row.cells[place] for field, place in places})


def problem(row: int, bad: Bad, mapping: Mapping[str, str]) -> Problem:
    return Problem(row, mapping.get(bad.field, bad.field), bad.code, shown(bad.value))


def first(items: Iterable[T]) -> T | None:
    return next(iter(items), None)
