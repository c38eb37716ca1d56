"""Papers: words in three languages, figures as people write them, nothing comes alive, nothing is cut."""

import io
import string

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.papers import Column, Paper, Picture, csv, pdf, xlsx
from server.papers.paper import shown
from server.papers.pdf import _Sheet
from server.papers.words import catalogue

EVIL = ['=HYPERLINK("http://evil")', "+1", "-2", "@SUM(A1)", "\tx", "http://evil", "{=1}", "Өмүр"]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_catalogues_have_the_same_words(language: str) -> None:
    ours, english = catalogue(language), catalogue("en")
    assert ours.keys() == english.keys()
    assert {key: fields(word) for key, word in ours.items()} == {
        key: fields(word) for key, word in english.items()
    }


@pytest.mark.parametrize(
    ("cell", "kind", "language", "expected"),
    [
        (0.9231, "share", "ky", "92,3 %"),
        (0.9231, "share", "en", "92.3 %"),
        (None, "share", "ru", "–"),
        (None, "text", "ru", ""),
        (12, "whole", "ru", "12"),
        (1.25, "number", "en", "1.3"),
        (1.45, "number", "en", "1.4"),
        (0.0625, "share", "en", "6.3 %"),
        ("б", "mark", "ky", "б"),
    ],
)
def test_figures_as_people_write_them(cell: object, kind: str, language: str, expected: str) -> None:
    assert shown(cell, kind, language) == expected  # type: ignore[arg-type]


def test_what_looks_like_a_formula_stays_text() -> None:
    paper = Paper("=1+1", [Column("=A1"), Column("+", "mark")], [[word, "+"] for word in EVIL],
                  [("=B1", "=C1")], ["@x", ""], ["=D1"], ["=E1"])  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.write(paper))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not sheet._hyperlinks
    assert {str(cell.value) for cell in cells} >= {*EVIL, "=1+1", "=A1"}
    text = csv.write(paper).decode()
    assert not [line for line in text.removeprefix("\ufeff").splitlines() if line[:1] in "=-@\t"]
    assert pdf.write(paper).startswith(b"%PDF")


def test_wrapping_loses_no_letter_and_fits() -> None:
    sheet = _Sheet(Paper("", [Column("x")], []))
    sheet.set_font("Roboto", "", 8.5)

    @given(st.text(st.characters(whitelist_categories=("L", "N", "P", "Zs")), max_size=80), st.floats(9, 80))
    def any_text(text: str, width: float) -> None:
        lines = sheet._wrap(text, width, False)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(sheet._size(line, False) <= width or len(line) <= 1 for line in lines)

    any_text()
    sheet.close()


def test_many_rows_go_over_pages_with_their_titles() -> None:
    rows = [[f"Студент {n}", n] for n in range(300)]
    body = pdf.write(Paper("Баракча", [Column("Ким"), Column("Канча", "whole")], rows))
    assert body.count(b"/Type /Page\n") >= 6


def test_pictures_stand_below_their_row_on_its_page_in_print_alone() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(out, "JPEG")
    picture = Picture(out.getvalue(), 64, 36, "10:42:11 камера: бир нече жүз")
    rows = [[f"Студент {n}", n] for n in range(60)]
    plain = Paper("Баракча", [Column("Ким"), Column("Канча", "whole")], rows)
    for n in range(60):
        plain.pictures[n] = [picture] * (1 + n % 6)
    body = pdf.write(plain)
    assert body.count(b"/Subtype /Image") == 1, "the same picture is kept once"
    assert body.count(b"/Type /Page\n") > 10
    assert csv.write(plain) == csv.write(Paper("Баракча", plain.columns, rows))
