"""A letter: what people typed cannot become a header, a recipient, a second message or markup."""

import email
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notices import letter, words
from server.notices.kinds import KINDS, TOPICS, path_of, topic_of, topics_for, wanted
from server.web.catalogue import LANGUAGES

AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


def made(subject: str = "Lesson soon", text: str = "Come.", **more: str) -> EmailMessage:
    given = {"sender": "sabak@uni.test", "recipient": "a@uni.test", "language": "en", "key": "k1", **more}
    message = letter.build(subject=subject, text=text, at=AT, **given)  # type: ignore[arg-type]
    found = email.message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_letter_is_plain_text_and_simple_html() -> None:
    found = made(
        "Сабак башталат", "Физика\n09:30\nhttps://sabak.uni.test/lessons/1?a=1&b=2\n\n<b>not bold</b>"
    )
    assert found["Subject"] == "Сабак башталат"
    assert (found["From"], found["To"]) == ("Sabak <sabak@uni.test>", "a@uni.test")
    assert found["Message-ID"] == "<k1@uni.test>"
    assert found["Auto-Submitted"] == "auto-generated"
    plain, page = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None and page is not None
    assert "<b>not bold</b>" in plain.get_content()
    html = page.get_content()
    assert "&lt;b&gt;not bold&lt;/b&gt;" in html and "<b>" not in html
    assert '<a href="https://sabak.uni.test/lessons/1?a=1&amp;b=2">' in html
    assert "Физика<br>09:30<br>" in html


@pytest.mark.parametrize(
    "subject",
    [
        "x\r\nBcc: all@uni.test", "x\nSubject: y", "x\r\n\r\n<script>", "x\u2028Bcc: b@uni.test", "x\0y",
        "x" * 5000, "\u202emoc", "\x85Bcc: c@uni.test", "Ң" * 400,
    ],
)  # fmt: skip
def test_a_hostile_title_stays_a_title(subject: str) -> None:
    found = made(subject)
    assert set(found.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    }  # fmt: skip
    assert len(found["Subject"]) <= letter.MOST_SUBJECT
    assert found["To"] == "a@uni.test"


@given(st.text(max_size=300), st.text(max_size=500))
def test_whatever_was_typed_one_letter_comes_out(subject: str, text: str) -> None:
    found = made(subject, text)
    assert found["Bcc"] is None and found["To"] == "a@uni.test"
    assert len(list(found.iter_parts())) == 2


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@", "@b", "a b@uni.test", "a@uni.test\r\nBcc: b@uni.test", "a@uni.test,b@uni.test",
        "a@uni.test>", "<a@uni.test>", '"a"@uni.test', "a@-uni.test", "a@uni..test", ".a@uni.test",
        "a@[127.0.0.1]", "ң@uni.test", "a@" + "b" * 260 + ".test", "a@uni.test\n",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_gets_no_letter(address: str) -> None:
    assert not letter.is_address(address)
    with pytest.raises(ValueError):
        made(recipient=address)


def test_every_kind_has_its_words_in_every_language() -> None:
    facts = {
        "title": "Физика {answer}", "starts_at": 1_790_000_000_000_000, "was_at": 0, "until_at": 0,
        "answer": "{title}", "reason": "", "place": "exam",
    }  # fmt: skip
    keys = {language: set(words.catalogue(language)) for language in LANGUAGES}
    assert keys["ky"] == keys["ru"] == keys["en"]
    for kind in KINDS:
        said = [words.told(kind, language, facts, "Asia/Bishkek") for language in LANGUAGES]
        assert len({title for title, _ in said}) == 3, kind
        for title, text in said:
            assert title and text
            assert "{" not in (title + text).replace("{answer}", "").replace("{title}", "")
        assert path_of(kind, "k1") == "" or path_of(kind, "k1").startswith("/")
    for topic in TOPICS:
        assert f"topic.{topic.name}" in keys["ky"]
        assert any(topic_of(kind) is topic for kind in KINDS)


def test_times_are_the_persons_own() -> None:
    facts = {"title": "X", "starts_at": 1_790_000_000_000_000}
    assert "20:13" in words.told("lesson_soon", "en", facts, "Asia/Bishkek")[1]
    assert "14:13" in words.told("lesson_soon", "en", facts, "UTC")[1]


def test_students_get_few_mails_unless_they_want_them() -> None:
    student = {topic.name: wanted(topic, False, None) for topic in topics_for(False)}
    assert {name for name, want in student.items() if want.mail} == {"exams", "own_case", "support"}
    assert all(want.page for want in student.values())
    case = topic_of("statement_wanted")
    assert wanted(case, False, (False, False)).page, "a term runs: it stays in the page"
    assert "commission" not in student and "own_case" not in {t.name for t in topics_for(True)}
