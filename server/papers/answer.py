"""A paper as the answer to a request, in the form that was asked for; written in a thread."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple
from urllib.parse import quote

from aiohttp import web

from server.papers import csv, pdf, xlsx
from server.papers.paper import Paper

Form = Literal["csv", "xlsx", "pdf"]


class _Writer(NamedTuple):
    write: Callable[[Paper], bytes]
    type: str


WRITERS: Mapping[Form, _Writer] = {
    "csv": _Writer(csv.write, "text/csv; charset=utf-8"),
    "xlsx": _Writer(xlsx.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": _Writer(pdf.write, "application/pdf"),
}


async def as_file(paper: Paper, form: Form, name: str) -> web.Response:
    """The paper as a file to keep. `name` has no ending."""
    writer = WRITERS[form]
    body = await asyncio.to_thread(writer.write, paper)
    file = quote(f"{name}.{form}")
    response = web.Response(body=body)
    response.headers["Content-Type"] = writer.type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    response.headers["Cache-Control"] = "no-store"
    return response
