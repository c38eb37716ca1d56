"""\"Something does not work\": what is kept and mailed is what was shown, no more; answered and put aside."""

import dataclasses
from typing import Any

import pytest

from server.permissions import Grant
from server.support.desk import one_line
from server.support.records import Reports
from tests.server.notices.conftest import Office, by_hand, office

__all__ = ["by_hand", "office"]

TOKEN = "s_" + "A1b2C3d4" * 5


def report(**more: Any) -> dict[str, Any]:
    return {
        "text": "The camera stays black.",
        "place": "prejoin",
        "path": "/lessons/1/class",
        "diagnostics": [{"name": "Browser", "lines": ["Chromium 156", f"url {TOKEN}"]}],
        **more,
    }


async def test_it_reaches_the_page_the_mailbox_and_comes_back(office: Office) -> None:
    nurai, admin = await office.person("nurai"), await office.person("admin", "admin")
    token, boss = await office.running.token_of(nurai), await office.running.token_of(admin)
    made = await office.running.call("POST", "/api/v1/support", token, json=report())
    assert made.status == 201, made.text
    (row,) = (await office.running.call("GET", "/api/v1/support", boss)).json["items"]
    assert row["text"] == "The camera stays black." and row["name"] == "Асанова Нурай"
    assert row["diagnostics"] == [{"name": "Browser", "lines": ["Chromium 156", "url …"]}]
    await office.deliver()
    to_mailbox = next(mail for mail in office.mail.letters if mail["To"] == "help@uni.test")
    assert to_mailbox["Reply-To"] == "nurai@uni.test"
    body = to_mailbox.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "The camera stays black." in text and "Chromium 156" in text and TOKEN not in text
    told = (await office.running.call("GET", "/api/v1/me/notices", boss)).json["items"]
    assert [each["kind"] for each in told] == ["support_asked"]
    answer = {"text": "Close the other program that uses the camera."}
    path = f"/api/v1/support/{row['id']}"
    assert (await office.running.call("POST", f"{path}/answer", boss, json=answer)).status == 204
    (back,) = (await office.running.call("GET", "/api/v1/me/notices", token)).json["items"]
    assert (back["kind"], back["text"]) == ("support_answered", answer["text"])
    await office.deliver()
    assert any(mail["To"] == "nurai@uni.test" for mail in office.mail.letters)
    assert (await office.running.call("GET", "/api/v1/support", boss)).json["items"] == []
    await office.running.call("POST", f"{path}/mark", boss, json={"done": False})
    (again,) = (await office.running.call("GET", "/api/v1/support", boss)).json["items"]
    assert again["answer"] == answer["text"] and again["author"]
    entries = [each for each in await office.house.trace.read() if each.entry.kind.startswith("support.")]
    assert len(entries) == 3 and all("camera" not in str(each.data) for each in entries)


async def test_without_a_mail_server_it_is_on_the_page(office: Office) -> None:
    bare = dataclasses.replace(office.house.settings, smtp_host="", support_mailbox="")
    office.house.settings = office.post._settings = bare
    token = await office.running.token_of(await office.person("nurai"))
    boss = await office.running.token_of(await office.person("admin", "admin"))
    assert (await office.running.call("POST", "/api/v1/support", token, json=report())).status == 201
    assert len((await office.running.call("GET", "/api/v1/support", boss)).json["items"]) == 1
    assert await office.letters() == []


async def test_who_may_read_and_how_often_one_may_ask(office: Office) -> None:
    token = await office.running.token_of(await office.person("nurai"))
    assert (await office.running.call("GET", "/api/v1/support", token)).code == "permission.denied"
    assert (await office.running.call("POST", "/api/v1/support", json=report())).status == 401
    for _ in range(5):
        assert (await office.running.call("POST", "/api/v1/support", token, json=report())).status == 201
    often = await office.running.call("POST", "/api/v1/support", token, json=report())
    assert (often.status, often.code) == (429, "support.often") and int(often.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (report(text=" \n \u0000 "), "support.empty"),
        (report(text="x" * 2001), "body.invalid"),
        (report(place="kitchen"), "body.invalid"),
        (report(diagnostics=[{"name": "N", "lines": ["x"] * 61}]), "body.invalid"),
        (report(diagnostics=[{"name": "N", "lines": ["x" * 301]}]), "body.invalid"),
        (report(diagnostics=[{"name": "N", "lines": []}] * 13), "body.invalid"),
        (report(filler="x" * 70_000), "body.too_large"),
    ],
)
async def test_what_is_too_much_is_refused(office: Office, body: dict[str, Any], code: str) -> None:
    token = await office.running.token_of(await office.person("nurai"))
    assert (await office.running.call("POST", "/api/v1/support", token, json=body)).code == code


async def test_hostile_words_stay_words(office: Office) -> None:
    nurai = await office.running.person("eve", Grant("student"), name="Eve\u2028Bcc: all@uni.test")
    token = await office.running.token_of(nurai)
    body = report(text="hello\u202e\x07<script>alert(1)</script>\n\nBcc: x@uni.test", path="/x?token=secret")
    assert (await office.running.call("POST", "/api/v1/support", token, json=body)).status == 201
    await office.deliver()
    (mail,) = office.mail.letters
    assert mail["To"] == "help@uni.test" and mail["Bcc"] is None
    page = mail.get_body(("html",))
    assert page is not None and "<script>" not in page.get_content()
    assert "secret" not in mail.as_string()
    assert one_line("a" * 23) == "a" * 23 and one_line("x " + "a" * 24 + " y") == "x … y"


async def test_retention(office: Office) -> None:
    nurai = await office.person("nurai")
    token = await office.running.token_of(nurai)
    await office.running.call("POST", "/api/v1/support", token, json=report())
    kept, now = Reports(), office.house.clock.now()
    async with office.house.store.read() as db:
        (item,) = await kept.of_person(office.house, db, nurai)
        assert item.people == {nurai} and len(await kept.due(office.house, db, now, [])) == 1
        removal = await kept.prepare(office.house, db, [item])
    assert await office.house.trace.unrecorded(removal.rows) == 1
    async with office.house.store.read() as db:
        assert await kept.of_person(office.house, db, nurai) == []
