"""Identifiers: their form, their order, and what is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ids import ALPHABET, encode, is_id, milliseconds, new_id


def test_a_thousand_are_different_and_sort_by_time() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(is_id(each) for each in made)
    assert [milliseconds(each) for each in made] == sorted(milliseconds(each) for each in made)


def test_the_letters_are_crockfords() -> None:
    assert ALPHABET == "0123456789abcdefghjkmnpqrstvwxyz"
    assert encode(0, 0) == "0" * 16
    assert encode(2**48 - 1, 2**32 - 1) == "z" * 16
    assert encode(1, 0) == "0000000004000000"


@given(
    st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1)
)
def test_order_of_text_is_order_of_time(one: int, a: int, other: int, b: int) -> None:
    assert milliseconds(encode(one, a)) == one
    assert (encode(one, a) < encode(other, b)) == ((one, a) < (other, b))


@pytest.mark.parametrize("bad", ["", "0" * 15, "0" * 17, "I" * 16, "0" * 15 + "u", "0" * 15 + "٣"])
def test_what_is_not_one(bad: str) -> None:
    assert not is_id(bad)
    with pytest.raises(ValueError):
        milliseconds(bad)
