"""The order of Kyrgyz names, and paging by it."""

from hypothesis import given
from hypothesis import strategies as st

from server.plan.sorting import page, sort_key


def test_kyrgyz_letters_stand_in_their_places() -> None:
    words = [
        "Өмүрбек",
        "Осмон",
        "Петр",
        "Нурлан",
        "Ңарат",
        "Үсөн",
        "Урмат",
        "Фатима",
        "Ёлка",
        "Елена",
        "Жаныл",
    ]
    assert sorted(words, key=sort_key) == [
        "Елена", "Ёлка", "Жаныл", "Нурлан", "Ңарат", "Осмон", "Өмүрбек", "Петр", "Урмат", "Үсөн", "Фатима",
    ]  # fmt: skip


def test_numbers_in_names_sort_by_value() -> None:
    assert sorted(["ИТ-21", "ИТ-9", "ит-10"], key=sort_key) == ["ИТ-9", "ит-10", "ИТ-21"]


@given(st.lists(st.text(max_size=5), max_size=30), st.integers(1, 7))
def test_pages_together_are_the_sorted_whole(names: list[str], limit: int) -> None:
    items = list(enumerate(names))
    seen: list[tuple[int, str]] = []
    after = ""
    while True:
        found, after = page(items, lambda item: item[1], lambda item: str(item[0]), after, limit)
        assert len(found) <= limit
        seen += found
        if not after:
            break
    assert seen == sorted(items, key=lambda item: (sort_key(item[1]), str(item[0])))
