"""Decoding WebSocket messages by the registry."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import server.live.messages  # noqa: F401 - declares them
from server.errors import ApiError
from server.web.registry import MESSAGE_LIMIT, messages
from server.web.socket import decode_message, error_answer


def test_a_good_message() -> None:
    incoming = decode_message('{"type":"chat.send","id":7,"key":"k","text":"Саламатсызбы"}')
    assert incoming.id == 7 and incoming.message.action == "class.chat"
    assert msgspec.to_builtins(incoming.body)["text"] == "Саламатсызбы"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message.malformed"),
        ("[]", "message.malformed"),
        ("{}", "message.malformed"),
        ('{"type":5}', "message.malformed"),
        ('{"type":"chat.send","id":{}}', "message.malformed"),
        ('{"type":"ping","id":"' + "a" * 65 + '"}', "message.malformed"),
        ('{"type":"no.such","id":1}', "message.unknown"),
        ('{"type":"chat.send","id":1}', "message.invalid"),
        ('{"type":"chat.send","id":1,"key":"k","text":5}', "message.invalid"),
        ('{"type":"ping","id":1,"more":true}', "message.invalid"),
        ("[" * 100_000, "message.malformed"),
        (" " * (MESSAGE_LIMIT + 1), "message.too_large"),
    ],
)
def test_bad_messages(text: str, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        decode_message(text)
    assert caught.value.code == code
    answer = error_answer(caught.value, "ru")
    assert answer.code == code and "id" not in answer.details
    if code in ("message.unknown", "message.invalid"):
        assert answer.id == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(messages())), st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_whatever_comes_is_a_message_or_a_code(kind: str, fields: dict[str, object]) -> None:
    try:
        incoming = decode_message(json.dumps({**fields, "type": kind}))
    except ApiError as error:
        assert error.code.startswith("message.")
    else:
        assert incoming.message.name == kind


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(ApiError):
        decode_message(data)
