"""Model files come checked, or not at all; what is there is told."""

import bz2
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.cli import main
from server.errors import ServerError
from server.models import catalogue, fetch
from server.models.catalogue import Model

DATA = b"weights of a very small network"


def model(url: str, data: bytes = DATA) -> Model:
    return Model("small", "small.onnx", url, hashlib.sha256(data).hexdigest(), "finds nothing")


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    async def good(_: web.Request) -> web.Response:
        return web.Response(body=DATA)

    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound("/good")

    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=bz2.compress(DATA))

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(bytes(1024))
        return answer

    app = web.Application()
    app.add_routes([web.get("/good", good), web.get("/moved", moved), web.get("/endless", endless)])
    app.add_routes([web.get("/good.bz2", packed), web.get("/bad.bz2", good)])
    async with TestServer(app, host="127.0.0.1") as made:
        yield made


async def test_a_file_is_fetched_and_put_in_place(server: TestServer, tmp_path: Path) -> None:
    for path in ("/good", "/moved", "/good.bz2"):
        await fetch.from_address(model(str(server.make_url(path))), tmp_path / path[1:])
        (file,) = (tmp_path / path[1:]).iterdir()
        assert file.read_bytes() == DATA and file.name == "small.onnx"


async def test_what_is_not_meant_is_not_kept(
    server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1024)
    for url, data, code in (
        (str(server.make_url("/good")), b"other", "models.hash"),
        (str(server.make_url("/bad.bz2")), DATA, "models.hash"),
        (str(server.make_url("/gone")), DATA, "models.unreachable"),
        (str(server.make_url("/endless")), DATA, "models.too_large"),
        ("http://127.0.0.1:9/none", DATA, "models.unreachable"),
    ):
        with pytest.raises(ServerError) as caught:
            await fetch.from_address(model(url, data), tmp_path / "models")
        assert caught.value.code == code
        assert not (tmp_path / "models").exists()


def test_the_command_takes_them_from_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "MODELS", (model("http://127.0.0.1:9/none"),))
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "data"))
    source = tmp_path / "source"
    source.mkdir()
    assert main(["models", "fetch", "--from", str(source)]) == 1
    assert "models.missing" in capsys.readouterr().err
    (source / "small.onnx").write_bytes(DATA)
    assert main(["models", "fetch", "--from", str(source)]) == 0
    assert main(["models", "list"]) == 0
    assert "there" in capsys.readouterr().out
    assert main(["models", "fetch"]) == 0, "nothing is missing, so nothing is asked for"
    (tmp_path / "data" / "models" / "small.onnx").write_bytes(b"cut off")
    assert main(["models", "list"]) == 0
    assert "missing" in capsys.readouterr().out
