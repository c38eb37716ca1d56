"""The post against a real mail server: refusing, slow, cut in the middle, late and gone; nothing is lost."""

import asyncio
import dataclasses
import ssl
import time
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from server.notices import letter, smtp
from server.notices import post as post_module
from server.notices.smtp import Refusal, connected
from server.tls.authority import CA_CERT, CERT, KEY, ensure
from tests.server.notices.conftest import Office, open_office, post_settings
from tests.server.notices.postman import postman


async def given(office: Office, person: str, n: int = 1) -> None:
    for each in range(n):
        facts = {"title": f"Physics {each}", "starts_at": 1_790_000_000_000_000}
        await office.book.give("exam_planned", [person], f"e{each}", facts, key=f"{person} {each}")


async def test_a_notice_becomes_one_mail(office: Office) -> None:
    nurai = await office.person("nurai")
    await given(office, nurai)
    assert await office.deliver() == 1
    (mail,) = office.mail.letters
    assert mail["To"] == "nurai@uni.test"
    assert mail["Subject"] == "Exam planned: Physics 0"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "https://sabak.uni.test/exams" in text and "https://sabak.uni.test/profile" in text
    assert "Times: Asia/Bishkek." in text
    assert "Асанова" not in text and "nurai" not in text.replace("nurai@uni.test", "")
    assert await office.letters() == [], "what was sent is not kept"
    assert await office.deliver() == 0


async def test_what_comes_together_is_one_mail_and_much_is_gathered(office: Office) -> None:
    nurai = await office.person("nurai")
    await given(office, nurai, 30)
    assert await office.deliver() == 1
    assert office.mail.letters[0]["Subject"] == "30 new notices"
    for n in range(10):
        await office.book.give("exam_planned", [nurai], f"x{n}", {"title": "T"}, key=f"x{n}")
        await office.deliver()
    assert len(office.mail.letters) == post_module.PERSON_HOUR
    office.clock[0] += 3601
    await office.deliver()
    assert office.mail.letters[-1]["Subject"] == "5 new notices"


async def test_who_chose_otherwise_gets_none(office: Office) -> None:
    nurai, teacher = await office.person("nurai"), await office.person("teacher", "teacher")
    await office.book.choose(nurai, "exams", True, False)
    await office.book.choose(teacher, "exams", False, False)
    await office.book.give("exam_planned", [nurai, teacher], "e", {"title": "T"}, key="1")
    await office.book.give("lesson_moved", [nurai, teacher], "l", {"title": "T"}, key="2")
    await office.deliver()
    assert [mail["To"] for mail in office.mail.letters] == ["teacher@uni.test"]
    assert office.mail.letters[0]["Subject"].startswith("Lesson moved")
    assert await office.book.unread(nurai) == 2 and await office.book.unread(teacher) == 1


async def test_refused_for_now_then_taken(office: Office) -> None:
    await given(office, await office.person("nurai"))
    office.mail.answers = ["451 4.7.1 greylisted", "452 4.2.2 full"]
    assert await office.deliver() == 0
    (row,) = await office.letters()
    assert (row.tries, row.problem) == (1, "451 4.7.1 greylisted")
    assert await office.deliver() == 0 and office.mail.connections == 1, "not before its time"
    office.clock[0] += 61
    assert await office.deliver() == 0
    office.clock[0] += 301
    assert await office.deliver() == 1
    assert len(office.mail.letters) == 1


async def test_refused_for_good_is_given_up_with_a_word(office: Office) -> None:
    await given(office, await office.person("nurai"))
    await given(office, await office.person("gone", email="nobody@uni.test"))
    office.mail.answers = ["554 5.7.1 looks like spam"]
    assert await office.deliver() == 0
    rows = await office.letters()
    assert {row.problem for row in rows} == {"554 5.7.1 looks like spam", "550 5.1.1 no such mailbox"}
    assert {(row.state, row.text, row.address) for row in rows} == {("given_up", "", "")}
    state = await office.post.state()
    assert (state.waiting, state.given_up, state.problem) == (0, 2, "")


async def test_cut_in_the_middle_comes_once_more(office: Office) -> None:
    nurai, aibek = await office.person("nurai"), await office.person("aibek")
    await given(office, nurai)
    await given(office, aibek)
    office.mail.cut = 1
    assert await office.deliver() == 0
    assert (await office.post.state()).problem
    assert await office.deliver() == 0, "the server is left alone for a minute"
    office.clock[0] += 61
    assert await office.deliver() == 2
    assert sorted(office.mail.recipients) == ["aibek@uni.test", "nurai@uni.test"]
    assert (await office.post.state()).problem == ""


async def test_a_slow_server_is_left_and_nobody_waits(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "WHOLE", 0.3)
    nurai = await office.person("nurai")
    await given(office, nurai)
    office.mail.slow = 20.0
    sending = asyncio.create_task(office.deliver())
    while not office.mail.connections:
        await asyncio.sleep(0.01)
    began = time.monotonic()
    await office.book.give("exam_planned", [nurai], "e2", {"title": "T"}, key="while")
    assert await office.book.unread(nurai) == 2 and time.monotonic() - began < 0.3
    assert await sending == 0
    office.mail.slow = 0.0
    office.clock[0] += 61
    assert await office.deliver() == 2


async def test_no_server_at_all_is_given_up_after_hours(office: Office, tmp_path: Path) -> None:
    settings = dataclasses.replace(office.house.settings, smtp_port=1)
    office.post._settings = settings
    await given(office, await office.person("nurai"))
    waits = []
    while (await office.post.state()).waiting or not waits:
        assert await office.deliver() == 0
        waits.append(office.post._pause - office.clock[0])
        office.clock[0] = office.post._pause + 1
    assert waits[:5] == [60, 300, 900, 1800, 3600] and waits[-1] == 3600
    assert sum(waits) < post_module.GIVE_UP + 2 * 3600
    assert (await office.post.state()).given_up == 1
    assert "problem" in str(await office.post.state())


async def test_letters_survive_a_restart(tmp_path: Path, by_hand: None) -> None:
    async with postman() as mail:
        settings = post_settings(tmp_path, mail.port)
        async with open_office(settings, mail) as office:
            await given(office, await office.person("nurai"))
            await office.post.gather(0)
            await given(office, await office.person("aibek"))
        assert mail.letters == []
        async with open_office(settings, mail) as office:
            assert await office.deliver() == 2
    assert sorted(mail.recipients) == ["aibek@uni.test", "nurai@uni.test"]


async def test_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_module, "TICK", 0.05)
    monkeypatch.setattr(post_module.Post.gather, "__defaults__", (0,))
    async with postman() as mail, open_office(post_settings(tmp_path, mail.port), mail) as office:
        await given(office, await office.person("nurai"))
        async with asyncio.timeout(10):
            while not mail.letters:
                await asyncio.sleep(0.05)


async def test_starttls_and_a_log_in(tmp_path: Path) -> None:
    """A server with a certificate of the university's own authority; another authority is not trusted."""
    folder = tmp_path / "tls"
    ensure(folder, [ip_address("127.0.0.1")], ["localhost"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / CERT, folder / KEY)
    async with postman(password="right", tls=context) as mail:
        right = post_settings(
            tmp_path, mail.port, smtp_host="localhost", smtp_security="starttls", smtp_ca=folder / CA_CERT,
            smtp_user="sabak", smtp_password="right",
        )  # fmt: skip
        async with connected(right) as line:
            message = letter.build(
                sender="sabak@uni.test", recipient="a@uni.test", subject="S", text="T", language="en",
                key="k", at=datetime.now(UTC),
            )  # fmt: skip
            await line.hand_over(message, "a@uni.test")
        assert mail.logins == ["sabak"] and len(mail.letters) == 1
        for wrong in ({"smtp_password": "wrong"}, {"smtp_ca": None}):
            with pytest.raises(Refusal) as refused:
                async with connected(dataclasses.replace(right, **wrong)):
                    pass
            assert refused.value.fault == "server"
            assert "wrong" not in refused.value.message
