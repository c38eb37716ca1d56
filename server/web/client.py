"""The web client's files as the build left them: static/dist, or the folder that the settings name.

Flows in: a path. Flows out: the file (its .br or .gz twin when the browser takes it), index.html for
the client's own routes, or a plain page that says how to build when there is no build. Names with a
hash in them never change their content, so browsers keep them for a year; the rest is asked for again.
"""

import mimetypes
import re
from pathlib import Path

from aiohttp import hdrs, web

from server.errors import ApiError
from server.web.registry import route
from server.web.request import Request

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"

SERVER_PREFIXES = ("api", "ws", "whip", "whep", "healthz", "readyz", "metrics")
"""First parts of paths that are never the client's: an unknown one is an error, not the page."""

IMMUTABLE = "public, max-age=31536000, immutable"
HASHED = re.compile(r"^assets/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+(\.map)?$")

TWINS = (("br", ".br"), ("gzip", ".gz"))

NOT_BUILT = """<!doctype html><html lang="ky"><meta charset="utf-8"><title>Sabak</title>
<h1>Sabak</h1>
<p>Сервер иштеп жатат, бирок веб-барактар курула элек: <code>make run</code>.</p>
<p>Сервер работает, но веб-страницы ещё не собраны: <code>make run</code>.</p>
<p>The server runs, but the web client has not been built: <code>make run</code>.</p>
</html>
"""


@route("GET", "/{path:.*}", action="house.client")
async def client_file(request: Request) -> web.StreamResponse:
    """A file of the web client."""
    return respond(
        request.house.settings.client or DIST,
        request.path["path"],
        request.http.headers.get(hdrs.ACCEPT_ENCODING, ""),
    )


def respond(dist: Path, path: str, accepts: str) -> web.StreamResponse:
    """The response for one path below the site's root.

    Raises:
        ApiError: 404 `route.unknown`.
    """
    if path.split("/", 1)[0] in SERVER_PREFIXES:
        raise ApiError("route.unknown", 404)
    if not (dist / "index.html").is_file():
        if path in ("", "index.html"):
            return web.Response(text=NOT_BUILT, content_type="text/html", status=503)
        raise ApiError("route.unknown", 404)
    file = find(dist, path)
    if file is None:
        parts = path.split("/")
        if "." in parts[-1] or any(part.startswith(".") for part in parts):
            raise ApiError("route.unknown", 404)
        file, path = dist / "index.html", "index.html"
    return _send(file, path, accepts)


def find(dist: Path, path: str) -> Path | None:
    """The file for `path`, or None; never one outside `dist`, hidden, or reached by a trick."""
    if not path or len(path) > 500 or "\\" in path or "\0" in path:
        return None
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        return None
    root = dist.resolve()
    file = root.joinpath(*parts)
    try:
        resolved = file.resolve()
    except (OSError, RuntimeError):
        return None
    if not resolved.is_relative_to(root) or not resolved.is_file():
        return None
    return resolved


def _send(file: Path, path: str, accepts: str) -> web.FileResponse:
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".js":
        content_type = "text/javascript"
    headers = {
        hdrs.CACHE_CONTROL: IMMUTABLE if HASHED.match(path) else "no-cache",
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    offered = {part.partition(";")[0].strip().lower() for part in accepts.split(",")}
    for encoding, suffix in TWINS:
        twin = file.with_name(file.name + suffix)
        if encoding in offered and twin.is_file():
            headers[hdrs.CONTENT_ENCODING] = encoding
            file = twin
            break
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    headers[hdrs.CONTENT_TYPE] = content_type
    return web.FileResponse(file, headers=headers)
