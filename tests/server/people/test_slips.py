"""Printed slips: pure."""

from hypothesis import given
from hypothesis import strategies as st

from server.people.slips import WORDS, Slip, page

text = st.text(max_size=30)


@given(st.lists(st.builds(Slip, text, text, text), max_size=5), st.sampled_from(sorted(WORDS)))
def test_nothing_in_a_slip_becomes_markup(slips: list[Slip], language: str) -> None:
    made = page(slips, language, "https://sabak.kg")  # type: ignore[arg-type]
    assert made.count("<section>") == len(slips)
    assert made.count("<") == page([Slip("", "", "")] * len(slips), language, "https://sabak.kg").count("<")  # type: ignore[arg-type]


def test_languages_say_different_things() -> None:
    assert len({str(sorted(words.items())) for words in WORDS.values()}) == 3
    assert all(words.keys() == WORDS["en"].keys() for words in WORDS.values())


def test_a_file_carries_its_style() -> None:
    made = page([Slip("a", "b", "c")], "ky", "http://x", inline=True)
    assert "<style>" in made and "/slips.css" not in made
