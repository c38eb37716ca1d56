"""`sabak mail test`: the mail server's own word, in time and without the password."""

import asyncio
from pathlib import Path

import pytest

from server.cli import main
from tests.server.notices.postman import postman


async def told(
    folder: Path, capsys: pytest.CaptureFixture[str], *more: str, to: str = "a@uni.test"
) -> tuple[int, str]:
    settings = folder / "sabak.toml"
    settings.write_text("\n".join(more))
    status = await asyncio.to_thread(main, ["--settings", str(settings), "mail", "test", to])
    shown = capsys.readouterr()
    return status, shown.out + shown.err


async def test_it_says_what_the_mail_server_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with postman() as mail:
        right = (
            'smtp_host = "127.0.0.1"', f"smtp_port = {mail.port}", 'smtp_security = "none"',
            'smtp_from = "sabak@uni.test"',
        )  # fmt: skip
        status, words = await told(tmp_path, capsys, *right)
        assert status == 0 and "has taken it" in words
        assert mail.recipients == ["a@uni.test"]
        status, words = await told(tmp_path, capsys, *right, to="nobody@uni.test")
        assert status == 1 and "550 5.1.1 no such mailbox [mail.refused]" in words
        mail.answers = ["451 4.7.1 greylisted"]
        status, words = await told(tmp_path, capsys, *right)
        assert status == 1 and "[mail.later]" in words
        status, words = await told(tmp_path, capsys, *right, to="a b")
        assert status == 1 and "[mail.address]" in words
    status, words = await told(tmp_path, capsys, *right)
    assert status == 1 and "[mail.unreachable]" in words


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ((), "smtp_host is empty"),
        (('smtp_host = "mail.uni.test"',), "smtp_from"),
        (
            (
                'smtp_host = "mail.uni.test"', 'smtp_from = "s@uni.test"', 'smtp_security = "none"',
                'smtp_user = "sabak"', 'smtp_password = "geheim"',
            ),
            "in the clear",
        ),
        (('smtp_from = "sabak@uni.test\\nBcc: x"',), "smtp_from"),
        (('smtp_host = "mail uni"',), "smtp_host"),
        (
            ('smtp_host = "mail.uni.test"', 'smtp_from = "s@uni.test"', 'smtp_ca = "nowhere.pem"'),
            "nowhere.pem",
        ),
    ],
)  # fmt: skip
async def test_settings_that_cannot_work_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: tuple[str, ...], word: str
) -> None:
    status, words = await told(tmp_path, capsys, *lines)
    assert status == 78 and word in words and "geheim" not in words
