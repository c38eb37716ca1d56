"""A paper as CSV for spreadsheets and programs: UTF-8 with a mark, figures with a point."""

import csv
import io

from server.papers.paper import Cell, Kind, Paper, harmless


def write(paper: Paper) -> bytes:
    """The table alone, with the totals as its last row."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(harmless(column.title) for column in paper.columns)
    for row in [*paper.rows, *([paper.totals] if paper.totals else [])]:
        table.writerow(_plain(cell, column.kind) for cell, column in zip(row, paper.columns, strict=True))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return f"{cell * 100:.1f}" if kind == "share" else f"{cell:g}" if isinstance(cell, float) else str(cell)
