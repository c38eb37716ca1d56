"""A paper as PDF: A4, the font inside, titles repeated on every page, long words wrapped and never cut.

The table is drawn cell by cell: the library's own tables take a hundred times as long for a report of
some thousand rows.
"""

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import font_roboto
from fpdf import FPDF
from fpdf.fonts import TTFFont

from server.papers.paper import Cell, Column, Paper, Picture, shown

MARGIN, GAP, SIZE, LINE = 12.0, 1.0, 8.5, 4.2
"""Millimetres, but for the size of the letters in points."""
MARK, FIGURE, WIDEST = 8.5, 14.0, 26.0
"""Widths of columns in millimetres: of marks, of figures, and the widest of either."""
ACROSS, TALLEST, CAPTION = 4, 28.0, 7.0
"""Pictures beside each other below a row; the most millimetres of their height, and the points of the letters
under them."""
TEXTS = ("text", "trend")
WIDE = 6
"""More columns than this lie across."""


def write(paper: Paper) -> bytes:
    sheet = _Sheet(paper)
    try:
        sheet.heading()
        sheet.rows()
        sheet.end()
        return bytes(sheet.output())
    finally:
        sheet.close()


class _Sheet(FPDF):
    def __init__(self, paper: Paper) -> None:
        super().__init__("landscape" if len(paper.columns) > WIDE else "portrait", "mm", "A4")
        self._paper = paper
        self._head = False
        self._sizes: dict[tuple[str, bool, float], float] = {}
        folder = Path(font_roboto.__file__).parent / "files"
        self.add_font("Roboto", "", folder / "Roboto-Regular.ttf")
        self.add_font("Roboto", "B", folder / "Roboto-Bold.ttf")
        self.set_margin(MARGIN)
        self.set_auto_page_break(False)
        self.set_title(paper.title)
        self.set_lang(paper.language)
        self.set_line_width(0.15)
        self.set_draw_color(150)
        self.alias_nb_pages()
        self.add_page()
        self._widths = self._columns()

    @property
    def _bottom(self) -> float:
        return float(self.h) - MARGIN - 5

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font("Roboto", "", 7.5)
        self.cell(0, 4, f"{self.page_no()} / {{nb}}", align="R")

    def close(self) -> None:
        """The library leaves the files of its fonts open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def heading(self) -> None:
        self.set_font("Roboto", "B", 14)
        self.multi_cell(0, 7, self._paper.title, align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_font("Roboto", "", 9.5)
        for name, value in self._paper.about:
            self.multi_cell(0, 5, f"{name}: {value}", align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(3)

    def rows(self) -> None:
        self._titles()
        for n, row in enumerate(self._paper.rows):
            pictures = self._paper.pictures.get(n, [])
            self._row(row, bold=False, below=self._line_of(pictures[:ACROSS]))
            for at in range(0, len(pictures), ACROSS):
                self._pictures(pictures[at : at + ACROSS])
        if self._paper.totals:
            self._row(self._paper.totals, bold=True)

    def end(self) -> None:
        self.set_font("Roboto", "", 9.5)
        self.ln(4)
        for note in self._paper.notes:
            self._room(12)
            self.multi_cell(0, 5, note, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(2)
        for signature in self._paper.signatures:
            self._room(14)
            self.ln(4)
            self.cell(0, 6, f"{signature} ______________________ / ______________________ /",
                      new_x="LMARGIN", new_y="NEXT")  # fmt: skip

    # --- the table --------------------------------------------------------------------------------

    def _columns(self) -> list[float]:
        """Widths in millimetres: marks and figures as narrow as they read, the rest by weight."""
        whole = float(self.epw)
        fixed = [0.0 if column.kind in TEXTS else self._narrow(column) for column in self._paper.columns]
        weights = [
            0.0 if size else column.weight for size, column in zip(fixed, self._paper.columns, strict=True)
        ]
        least = 25.0 * sum(1 for weight in weights if weight)
        if sum(fixed) + least > whole:
            scale = max(whole - least, whole * 0.5) / sum(fixed)
            fixed = [size * scale for size in fixed]
        left = whole - sum(fixed)
        if not sum(weights):
            return [size * whole / sum(fixed) for size in fixed]
        return [size or left * weight / sum(weights) for size, weight in zip(fixed, weights, strict=True)]

    def _narrow(self, column: Column) -> float:
        """As wide as the longest word of its title, within reason."""
        self.set_font("Roboto", "B", SIZE)
        word = max(map(self.get_string_width, column.title.split()), default=0.0) + 2 * GAP + 0.5
        return max(MARK if column.kind == "mark" else FIGURE, min(word, WIDEST))

    def _titles(self) -> None:
        self.set_fill_color(230, 240, 239)
        self._lines([column.title for column in self._paper.columns], bold=True, fill=True, centre=True)

    def _row(self, row: Sequence[Cell], *, bold: bool, below: float = 0) -> None:
        texts = [
            shown(cell, column.kind, self._paper.language)
            for cell, column in zip(row, self._paper.columns, strict=True)
        ]
        self._lines(texts, bold=bold, below=below)

    def _lines(
        self, texts: Sequence[str], *, bold: bool, fill: bool = False, centre: bool = False, below: float = 0
    ) -> None:  # fmt: skip
        """`below`: millimetres that stay on the same page with this row."""
        self.set_font("Roboto", "B" if bold else "", SIZE)
        wrapped = [
            self._wrap(text, width - 2 * GAP, bold) for text, width in zip(texts, self._widths, strict=True)
        ]
        height = max(map(len, wrapped)) * LINE + GAP
        if self.get_y() + height + below > self._bottom and not fill:
            self.add_page()
            self._titles()
            self.set_font("Roboto", "B" if bold else "", SIZE)
        x, y = float(self.l_margin), self.get_y()
        for lines, width, column in zip(wrapped, self._widths, self._paper.columns, strict=True):
            self.rect(x, y, width, height, style="DF" if fill else "D")
            for n, line in enumerate(lines):
                self.text(self._start(line, x, width, column, bold, centre), y + LINE * (n + 1) - 0.9, line)
            x += width
        self.set_xy(float(self.l_margin), y + height)

    # --- pictures below a row ---------------------------------------------------------------------

    @property
    def _across(self) -> float:
        """Millimetres that one picture may be wide."""
        return float(self.epw) / ACROSS - 2 * GAP

    def _fitting(self, picture: Picture) -> tuple[float, float]:
        """Its width and height in millimetres."""
        scale = min(self._across / picture.width, TALLEST / picture.height)
        return picture.width * scale, picture.height * scale

    def _captions(self, pictures: Sequence[Picture]) -> list[list[str]]:
        self.set_font("Roboto", "", CAPTION)
        return [self._wrap(each.words, self._across, bold=False) for each in pictures]

    def _line_of(self, pictures: Sequence[Picture]) -> float:
        """The height of one line of pictures with what stands under them."""
        if not pictures:
            return 0
        lines = max(map(len, self._captions(pictures)))
        return max(self._fitting(each)[1] for each in pictures) + lines * (LINE - 1) + 3 * GAP

    def _pictures(self, pictures: Sequence[Picture]) -> None:
        height, captions = self._line_of(pictures), self._captions(pictures)
        if self.get_y() + height > self._bottom:
            self.add_page()
            self._titles()
        x, y = float(self.l_margin), self.get_y()
        self.rect(x, y, float(self.epw), height)
        self.set_font("Roboto", "", CAPTION)
        tall = max(self._fitting(each)[1] for each in pictures)
        for picture, lines in zip(pictures, captions, strict=True):
            wide, high = self._fitting(picture)
            self.image(
                io.BytesIO(picture.jpeg), x + GAP, y + GAP, wide, high, alt_text=picture.words
            )  # fmt: skip
            for n, line in enumerate(lines):
                self.text(x + GAP, y + tall + 2 * GAP + (LINE - 1) * (n + 1) - 0.6, line)
            x += float(self.epw) / ACROSS
        self.set_xy(float(self.l_margin), y + height)

    # --- text -------------------------------------------------------------------------------------

    def _start(self, line: str, x: float, width: float, column: Column, bold: bool, centre: bool) -> float:
        if column.kind in TEXTS and not centre:
            return x + GAP
        free = width - self._size(line, bold)
        return x + (free / 2 if centre or column.kind == "mark" else free - GAP)

    def _size(self, text: str, bold: bool) -> float:
        key = (text, bold, float(self.font_size_pt))
        if key not in self._sizes:
            self._sizes[key] = float(self.get_string_width(text))
        return self._sizes[key]

    def _wrap(self, text: str, width: float, bold: bool) -> list[str]:
        """Lines that fit; a word longer than a line is broken."""
        if self._size(text, bold) <= width:
            return [text]
        lines = [""]
        for word in text.split():
            for part in self._parts(word, width, bold):
                longer = f"{lines[-1]} {part}".strip()
                if self._size(longer, bold) <= width or not lines[-1]:
                    lines[-1] = longer
                else:
                    lines.append(part)
        return lines

    def _parts(self, word: str, width: float, bold: bool) -> list[str]:
        if self._size(word, bold) <= width:
            return [word]
        cuts = [0]
        while cuts[-1] < len(word):
            end = cuts[-1] + 1
            while end < len(word) and self._size(word[cuts[-1] : end + 1], bold) <= width:
                end += 1
            cuts.append(end)
        return [word[begin:end] for begin, end in pairwise(cuts)]

    def _room(self, height: float) -> None:
        if self.get_y() + height > self._bottom:
            self.add_page()
