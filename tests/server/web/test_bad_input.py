"""What hostile or broken clients send: each gets its code, never a traceback."""

import asyncio
import json
import logging
from typing import Any

import pytest
from yarl import URL

from server.permissions import Grant
from server.web import bodies
from tests.server.kit import Running

LOGIN = "/api/v1/login"
JSON = {"Content-Type": "application/json"}


BODIES = [
    (b"", 400, "body.malformed"),
    (b"{", 400, "body.malformed"),
    (b"\xff\xfe", 400, "body.malformed"),
    (b'{"login": "a\xc3", "password": "b"}', 400, "body.malformed"),
    (b"[" * 5000, 422, "body.invalid"),
    (b'{"login":' * 1500, 422, "body.invalid"),
    (b"null", 422, "body.invalid"),
    (b"[]", 422, "body.invalid"),
    (b'{"login": 5, "password": "x"}', 422, "body.invalid"),
    (b'{"login": "a"}', 422, "body.invalid"),
    (b'{"login": "a", "password": "b", "admin": true}', 422, "body.invalid"),
    (b'{"login": "a", "password": "b", "cookie": "yes"}', 422, "body.invalid"),
    (json.dumps({"login": "a" * 201, "password": "b"}).encode(), 422, "body.invalid"),
]


async def test_bodies(site: Running) -> None:
    for data, status, code in BODIES:
        answer = await site.call("POST", LOGIN, data=data, headers=JSON)
        assert (answer.status, answer.code) == (status, code), (data[:50], answer.text)
        assert set(answer.json["error"]) == {"code", "message", "details"}


async def test_unknown_fields_that_nest_deeply(site: Running) -> None:
    data = b'{"login":"a","password":"b","x":' + b"[" * 3000 + b"]" * 3000 + b"}"
    answer = await site.call("POST", LOGIN, data=data, headers=JSON)
    assert answer.status in (400, 422)


async def test_other_content_types(site: Running) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = await site.call("POST", LOGIN, data=b"{}", headers={"Content-Type": kind})
        assert (answer.status, answer.code) == (415, "body.type"), kind


async def test_compressed_bodies_are_refused(site: Running) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = await site.call("POST", LOGIN, data=b"\x1f\x8b", headers=headers)
    assert answer.status in (400, 415)


async def test_too_large_by_its_own_word_and_in_chunks(site: Running) -> None:
    answer = await site.call("POST", LOGIN, data=b" " * 20_000, headers=JSON)
    assert (answer.status, answer.code) == (413, "body.too_large")
    token = await site.token_of(await site.person("root1", Grant("admin")))

    async def chunks() -> Any:
        for _ in range(40):
            yield b" " * 65536

    answer = await site.call("POST", "/api/v1/users", token, data=chunks(), headers=JSON)
    assert (answer.status, answer.code) == (413, "body.too_large")
    assert (await site.call("GET", "/healthz")).status == 200


async def test_a_body_that_drips(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SLOW", 0.1)

    async def drip() -> Any:
        yield b"{"
        await asyncio.sleep(0.5)
        yield b"}"

    answer = await site.call("POST", LOGIN, data=drip(), headers=JSON)
    assert (answer.status, answer.code) == (408, "body.slow")


QUERIES = [
    ("limit=0", "limit"),
    ("limit=many", "int"),
    ("limit=1&limit=2", "limit"),
    ("colour=red", "colour"),
    ("query=" + "a" * 300, "query"),
    ("query=" + "a" * 5000, "too long"),
]


async def test_queries(site: Running) -> None:
    token = await site.token_of(await site.person("root1", Grant("admin")))
    for query, problem in QUERIES:
        answer = await site.call("GET", f"/api/v1/users?{query}", token)
        assert (answer.status, answer.code) == (422, "query.invalid"), query[:50]
        assert problem in answer.json["error"]["details"]["problem"]


PATHS = [
    ("GET", "/api/v1/nothing", 404, "route.unknown"),
    ("POST", "/api/v1/nothing", 404, "route.unknown"),
    ("DELETE", "/somewhere", 404, "route.unknown"),
    ("DELETE", "/api/v1/login", 405, "route.method"),
    ("PUT", "/api/v1/me", 405, "route.method"),
    ("GET", "/api/v1/login", 404, "route.unknown"),
    ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404, "route.unknown"),
    ("GET", "/assets/..%2f..%2fpackage.json", 404, "route.unknown"),
    ("GET", "/.git/config.x", 404, "route.unknown"),
    ("GET", "/%00.js", 404, "route.unknown"),
    ("GET", "/api/v1/users/" + "a" * 100, 404, "object.unknown"),
    ("GET", "/api/v1/users/%00", 404, "object.unknown"),
    ("GET", "/api/v1/users/nobody", 404, "object.unknown"),
]


async def test_paths_and_methods(site: Running) -> None:
    token = await site.token_of(await site.person("root1", Grant("admin")))
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, status, code in PATHS:
        url = URL(site.url + path, encoded=True)
        async with site.http.request(method, url, headers=headers) as answer:
            body = await answer.json()
            assert (answer.status, body["error"]["code"]) == (status, code), (method, path)


async def test_broken_http_gets_400_and_no_more(site: Running) -> None:
    host, _, port = site.url.removeprefix("http://").partition(":")
    for junk in (
        b"\x16\x03\x01\x00\xa5\x01\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(junk)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert answer == b"" or answer.split()[1] == b"400", answer
        assert b"Traceback" not in answer


async def test_a_defect_gets_an_incident_and_no_traceback(
    site: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from server.people.sessions import Sessions

    async def broken(*_: object) -> None:
        raise RuntimeError("the cellar is flooded")

    monkeypatch.setattr(Sessions, "identify", broken)
    with caplog.at_level(logging.ERROR):
        answer = await site.call("GET", "/api/v1/me", "s_x")
    assert (answer.status, answer.code) == (500, "server.failed")
    incident = answer.json["error"]["details"]["incident"]
    assert "cellar" not in answer.text and incident in caplog.text and "cellar" in caplog.text


async def test_foreign_pages_are_refused(site: Running) -> None:
    user = await site.person("nurai", Grant("student"))
    token = await site.token_of(user)
    for origin in ("https://evil.example", "null", site.url.replace("http", "https"), site.url + "0"):
        answer = await site.call(
            "PATCH", "/api/v1/me", cookie=token, json={"theme": "dark"}, headers={"Origin": origin}
        )
        assert (answer.status, answer.code) == (403, "origin.foreign"), origin
        answer = await site.call(
            "POST", LOGIN, json={"login": "a", "password": "b", "cookie": True}, headers={"Origin": origin}
        )
        assert answer.code == "origin.foreign"
    own = await site.call(
        "PATCH", "/api/v1/me", cookie=token, json={"theme": "dark"}, headers={"Origin": site.url}
    )
    assert own.status == 200
    read = await site.call("GET", "/api/v1/me", cookie=token, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in read.headers


async def test_every_answer_is_protected(site: Running) -> None:
    for path in ("/", "/healthz", "/api/v1/me", "/nothing.js"):
        headers = (await site.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and f"ws://{site.url.removeprefix('http://')}" in policy
        assert "camera=(self)" in headers["Permissions-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "Sabak"


async def test_a_strange_host_does_not_get_into_the_policy(site: Running) -> None:
    answer = await site.call("GET", "/healthz", headers={"Host": "a; script-src *"})
    assert "script-src *" not in answer.headers.get("Content-Security-Policy", "")


async def test_the_language_of_errors(site: Running) -> None:
    for header, words in (
        ("ru", "Сначала"),
        ("en-GB,ky;q=0.1", "first"),
        ("de", "Адегенде"),
        ("", "Адегенде"),
    ):
        answer = await site.call("GET", "/api/v1/me", headers={"Accept-Language": header})
        assert words in answer.json["error"]["message"]
    token = await site.token_of(await site.person("nurai", Grant("student")))
    await site.call("PATCH", "/api/v1/me", token, json={"language": "en"})
    answer = await site.call("GET", "/api/v1/users", token, headers={"Accept-Language": "ru"})
    assert answer.json["error"]["message"] == "You do not have the right to do this."
