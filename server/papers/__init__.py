"""Papers: a table with a heading, made once and given out as JSON, CSV, XLSX or PDF with the same figures."""

from server.papers.paper import Cell, Column, Paper, Picture

__all__ = ["Cell", "Column", "Paper", "Picture"]
