"""A paper as the answer to a request, in the form that was asked for; written in a thread.

The writers are imported when they are first needed: the one for PDF takes longer than the rest of the
server to load, and most processes never print.
"""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from aiohttp import web

from server.papers.paper import Paper

Form = Literal["csv", "xlsx", "pdf"]

TYPES: Mapping[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


async def as_file(paper: Paper, form: Form, name: str) -> web.Response:
    """The paper as a file to keep. `name` has no ending."""
    body = await asyncio.to_thread(_write, paper, form)
    file = quote(f"{name}.{form}")
    response = web.Response(body=body)
    response.headers["Content-Type"] = TYPES[form]
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{file}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _write(paper: Paper, form: Form) -> bytes:
    return bytes(importlib.import_module(f"server.papers.{form}").write(paper))
