"""The client's files: found, cached, compressed; never anything outside the folder."""

from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ApiError
from server.web.client import IMMUTABLE, find, respond


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "assets" / "app-Bx3_9zQk.js").write_text("1")
    (folder / "assets" / "app-Bx3_9zQk.js.br").write_bytes(b"br")
    (folder / "assets" / "app-Bx3_9zQk.js.gz").write_bytes(b"gz")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / ".hidden").write_text("no")
    (tmp_path / "secret.txt").write_text("no")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


def sent(response: web.StreamResponse) -> tuple[str, str, str]:
    headers = response.headers
    return headers["Content-Type"], headers["Cache-Control"], headers.get("Content-Encoding", "")


def test_hashed_files_are_kept_for_ever(dist: Path) -> None:
    plain = respond(dist, "assets/app-Bx3_9zQk.js", "")
    assert sent(plain) == ("text/javascript; charset=utf-8", IMMUTABLE, "")
    assert sent(respond(dist, "assets/app-Bx3_9zQk.js", "gzip, br"))[2] == "br"
    assert sent(respond(dist, "assets/app-Bx3_9zQk.js", "gzip"))[2] == "gzip"
    assert sent(respond(dist, "favicon.svg", "br"))[1:] == ("no-cache", "")


def test_the_clients_own_routes_get_the_page(dist: Path) -> None:
    for path in ("", "login", "lessons/06q3z6r1ah2k9vfe", "admin/users"):
        assert sent(respond(dist, path, ""))[0] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["api/v2", "ws/x", "metrics/x", "nothing.js", "../secret.txt", "assets/../../secret.txt", ".hidden.txt"],
)
def test_what_is_not_there(dist: Path, path: str) -> None:
    with pytest.raises(ApiError, match=r"route\.unknown"):
        respond(dist, path, "")


@pytest.mark.parametrize(
    "path", ["..", "../secret.txt", "/etc/passwd", "assets//app.js", "link.txt", ".hidden", "a\0b", "assets"]
)
def test_no_trick_reaches_outside(dist: Path, path: str) -> None:
    assert find(dist, path) is None


@given(st.lists(st.sampled_from(["..", ".", "", "assets", "secret.txt", "link.txt", "%2e%2e", "\\"])))
def test_no_combination_reaches_outside(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    base = tmp_path_factory.getbasetemp() / "walk"
    folder = base / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    (base / "secret.txt").write_text("no")
    found = find(folder, "/".join(parts))
    assert found is None or found.is_relative_to(folder.resolve())


def test_without_a_build_the_page_says_so(tmp_path: Path) -> None:
    response = respond(tmp_path / "nothing", "", "")
    assert response.status == 503 and "make run" in str(response.text)  # type: ignore[attr-defined]
    with pytest.raises(ApiError):
        respond(tmp_path / "nothing", "assets/app.js", "")
