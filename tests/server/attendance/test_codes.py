"""Codes of QR-visit: the one on the screen counts, for some seconds more, and nothing else ever does."""

from hypothesis import given
from hypothesis import strategies as st

from server.attendance.codes import GRACE, SLOT, read, show
from server.papers.paper import harmless

KEY, OTHER = b"k" * 32, b"o" * 32
SESSION = "06h1re60tvgqcmgm"


@given(st.integers(0, 2**52), st.integers(0, SLOT + GRACE + SLOT))
def test_a_code_counts_from_its_slot_to_the_end_of_grace(now: int, later: int) -> None:
    shown = show(KEY, SESSION, now)
    assert 0 < shown.left <= SLOT
    found = read(KEY, shown.code, now + later)
    assert (found == SESSION) == (later < shown.left + GRACE)


@given(st.integers(SLOT, 2**52))
def test_a_code_of_another_house_or_of_the_future_is_none(now: int) -> None:
    assert read(OTHER, show(KEY, SESSION, now).code, now) is None
    assert read(KEY, show(KEY, SESSION, now + SLOT).code, now) is None


@given(st.text(max_size=64))
def test_anything_else_is_none(code: str) -> None:
    assert read(KEY, code, 10**15) is None


@given(st.integers(0, 63), st.characters(codec="ascii"))
def test_a_code_with_one_letter_changed_is_none(at: int, letter: str) -> None:
    code = show(KEY, SESSION, 10**15).code
    at %= len(code)
    changed = code[:at] + letter + code[at + 1 :]
    assert changed == code or read(KEY, changed, 10**15) is None


def test_names_never_come_alive_in_a_spreadsheet() -> None:
    assert harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert harmless("Асанова Нурай") == "Асанова Нурай"
