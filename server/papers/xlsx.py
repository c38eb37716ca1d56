"""A paper as a spreadsheet: a heading, a frozen row of titles, figures as figures, ready to be printed.

Text is always written as text: what begins like a formula or an address does not come alive.
"""

import io
from typing import Any

import xlsxwriter

from server.papers.paper import Column, Kind, Paper, shown

FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "0", "valign": "top"},
    "number": {"num_format": "0.0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "trend": {"text_wrap": True, "valign": "top"},
    "mark": {"align": "center", "valign": "top"},
}
NARROW, WIDE = 5, 45
"""Characters of the narrowest and the widest column."""
LOOKED_AT = 500
"""Rows from which the width of a column is taken."""


def write(paper: Paper) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    base = {"font_name": "Arial", "font_size": 10}
    title = book.add_format({**base, "bold": True, "font_size": 14})
    plain = book.add_format(base)
    head = book.add_format({**base, "bold": True, "text_wrap": True, "border": 1, "valign": "vcenter",
                            "align": "center", "bg_color": "#E6F0EF"})  # fmt: skip
    styles = {kind: book.add_format({**base, "border": 1, **more}) for kind, more in FORMATS.items()}
    bold = {
        kind: book.add_format({**base, "border": 1, "bold": True, **more}) for kind, more in FORMATS.items()
    }

    sheet.write_string(0, 0, paper.title, title)
    at = 1
    for name, value in paper.about:
        sheet.write_string(at, 0, f"{name}: {value}", plain)
        at += 1
    at += 1
    for column, each in enumerate(paper.columns):
        sheet.write_string(at, column, each.title, head)
        sheet.set_column(column, column, _width(paper, column, each))
    first = at
    sheet.freeze_panes(first + 1, 0)
    for row, style in [*((row, styles) for row in paper.rows),
                       *([(paper.totals, bold)] if paper.totals else [])]:  # fmt: skip
        at += 1
        for column, cell in enumerate(row):
            how = style[paper.columns[column].kind]
            if cell is None:
                sheet.write_blank(at, column, None, how)
            elif isinstance(cell, str):
                sheet.write_string(at, column, cell, how)
            else:
                sheet.write_number(at, column, cell, how)
    if paper.rows:
        sheet.autofilter(first, 0, first + len(paper.rows), len(paper.columns) - 1)
    at += 2
    for note in paper.notes:
        sheet.write_string(at, 0, note, plain)
        at += 1
    for signature in paper.signatures:
        sheet.write_string(at + 1, 0, f"{signature} ____________________", plain)
        at += 2
    _page(sheet, first, len(paper.columns))
    book.close()
    return out.getvalue()


def _page(sheet: Any, titles: int, columns: int) -> None:
    sheet.set_paper(9)  # A4
    if columns > 6:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(titles)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer("&R&P / &N")


def _width(paper: Paper, at: int, column: Column) -> float:
    if column.kind == "mark":
        return max(NARROW, min(len(column.title), 10))
    texts = [shown(row[at], column.kind, paper.language) for row in paper.rows[:LOOKED_AT]]
    longest = max((len(text) for text in texts), default=0)
    return min(max(longest + 2, min(len(column.title), 12) + 2, NARROW), WIDE)
