"""docs/protocol.md says what the code does: every message, event, news and code is on the page."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest

import server.live.messages
import server.recording.messages
import server.slides.room
import server.talk.messages  # noqa: F401 - for what they declare
from server.live import words
from server.live.folds import KINDS
from server.web.registry import messages

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")


def test_every_request_event_and_news_is_described() -> None:
    for name in (*messages(), *KINDS):
        assert f"`{name}" in PAGE, name
    for word in words.Word.__subclasses__():
        tag = word.__struct_config__.tag
        assert f"`{tag}" in PAGE, tag


@pytest.mark.parametrize(
    "kind", ["hello", "chat.send", "media.offer", "media.restart", "media.state", "media.view"]
)
def test_every_field_of_a_request_is_named(kind: str) -> None:
    described = re.search(rf"`{re.escape(kind)} (\{{.*?\}})`", PAGE)
    assert described is not None
    assert all(f'"{name}"' in described[1] for name in messages()[kind].body.__struct_encode_fields__)


def test_every_code_is_listed() -> None:
    sentences = json.loads(resources.files("server.web").joinpath("messages", "en.json").read_text("utf-8"))
    missing = [code for code in sentences if f"| `{code}` |" not in PAGE]
    assert not missing, f"add to docs/protocol.md: {missing}"
