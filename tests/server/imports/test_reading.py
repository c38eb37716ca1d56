"""Files as offices save them: encodings, delimiters, quotes, bounds; and bytes that are no table."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.imports.reading import MAX_CELL, MAX_ROWS, Problem, Row, Sheet, Unreadable, read

TEXT = "Логин;Аты-жөнү\nasanova;Асанова Үмүт\n"
RUSSIAN = "Логин;ФИО\nasanova;Асанова\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    sheet = read(data)
    assert sheet.encoding == encoding
    assert sheet.headings == ("Логин", "Аты-жөнү")
    assert sheet.rows == [Row(2, ("asanova", "Асанова Үмүт"))]


def test_windows_1251_is_guessed() -> None:
    sheet = read(RUSSIAN.encode("windows-1251"))
    assert (sheet.encoding, sheet.headings) == ("windows-1251", ("Логин", "ФИО"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines(delimiter: str, end: str) -> None:
    text = end.join([f"a{delimiter}b", f'1{delimiter}"x,y;z\tw"', "", f'"say ""hi"""{delimiter}2', ""])
    sheet = read(text.encode())
    assert sheet.delimiter == delimiter
    assert sheet.rows == [Row(2, ("1", "x,y;z w")), Row(4, ('say "hi"', "2"))]


def test_formulas_are_text_and_white_space_is_single() -> None:
    sheet = read('a;b\n"=HYPERLINK(""x"")";" Асанова\u00a0 \n Нурай "\n'.encode())
    assert sheet.rows == [Row(2, ('=HYPERLINK("x")', "Асанова Нурай"))]


def test_rows_that_cannot_be_read_are_named_and_the_others_stay() -> None:
    text = f"a;b\n1;2;3\n1;{'x' * (MAX_CELL + 1)}\n1;\x07\n\u202e1;2\n1\n;;\n1;2;\n"
    sheet = read(text.encode())
    assert [(each.row, each.column, each.code) for each in sheet.problems] == [
        (2, "", "import.cells"),
        (3, "b", "import.cell_long"),
        (4, "b", "import.characters"),
        (5, "a", "import.characters"),
    ]
    assert sheet.rows == [Row(6, ("1", "")), Row(8, ("1", "2"))]
    assert all(len(each.value) <= 100 for each in sheet.problems)


def test_headings_name_one_column_each() -> None:
    assert read(b"a;;a;#2\n1;2;3;4\n").headings == ("a", "#2", "a #3", "#2 #4")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.empty"),
        (b"\xef\xbb\xbf \n", "import.empty"),
        (b";;\n;;\n", "import.empty"),
        (b"login;name\na;b\0c\n", "import.binary"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff", "import.binary"),
        (b"\xff\xfea", "import.encoding"),
        (b"login;name\n\x98\n", "import.encoding"),
        (b'a;b\n"' + b"x" * 200_000, "import.quotes"),
        (b";".join([b"a"] * 61), "import.too_many_columns"),
        (b"a" * (20 * 1024 * 1024 + 1), "import.too_large"),
        (b"a\n" + b"1\n" * (MAX_ROWS + 1), "import.too_many_rows"),
    ],
)
def test_what_is_no_table(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.code == code


def test_as_many_rows_as_are_allowed() -> None:
    assert len(read(b"a\n" + b"1\n" * MAX_ROWS).rows) == MAX_ROWS


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        sheet = read(data)
    except Unreadable as error:
        assert error.code.startswith("import.")
        return
    holds(sheet)


@given(st.text(alphabet='абв;,"\n\r\t 12\u00a0\ufeff\x00=', max_size=120))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    test_any_bytes_are_a_table_or_refused.hypothesis.inner_test(text.encode())  # type: ignore[attr-defined]


CELL = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    sheet = read(out.getvalue().encode(encoding))
    if delimiter == sheet.delimiter:
        assert [list(row.cells) for row in sheet.rows] == rows
        assert [row.number for row in sheet.rows] == list(range(2, len(rows) + 2))


def holds(sheet: Sheet) -> None:
    """What is true of every table."""
    width = len(sheet.headings)
    assert 0 < width <= 60
    assert len(set(sheet.headings)) == width
    assert all(sheet.headings)
    for row in sheet.rows:
        assert len(row.cells) == width
        assert any(row.cells)
        for cell in row.cells:
            assert cell == " ".join(cell.split())
            assert len(cell) <= MAX_CELL
            assert cell.isprintable() or not any(ord(letter) < 32 for letter in cell)
    numbers = [row.number for row in sheet.rows]
    assert numbers == sorted(set(numbers))
    assert all(isinstance(each, Problem) and each.row > 1 for each in sheet.problems)
