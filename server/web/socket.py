"""What a WebSocket needs of web: decoding a message by the registry, and error answers in its form.

Flows in: the text of one message. Flows out: its spec, id and body, or an ApiError with a code. The
Origin of a handshake is checked by dispatch for every route that answers with a WebSocket.
"""

from typing import Any

import msgspec

from server.errors import ApiError
from server.web.catalogue import sentence
from server.web.registry import MESSAGE_LIMIT, MessageSpec, messages

MAX_ID = 64


class Incoming(msgspec.Struct, frozen=True):
    """One message. `id` is what the answer repeats, or None when no answer is wanted."""

    spec: Any
    id: str | int | None
    body: msgspec.Struct

    @property
    def message(self) -> MessageSpec:
        assert isinstance(self.spec, MessageSpec)
        return self.spec


class _Envelope(msgspec.Struct):
    type: str
    id: str | int | None = None


class SocketError(msgspec.Struct, tag="error"):
    """The answer to a message that was refused."""

    id: str | int | None
    code: str
    message: str
    details: dict[str, Any]


def decode_message(text: str | bytes) -> Incoming:
    """One message of a client.

    Raises:
        ApiError: `message.too_large`, `message.malformed`, `message.unknown`, `message.invalid`. Its
            `id` is in the details under ``id`` when it could be read.
    """
    if len(text) > MESSAGE_LIMIT:
        raise ApiError("message.too_large", 413, limit=MESSAGE_LIMIT)
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ApiError("message.malformed", 400) from None
    given = envelope.id
    if isinstance(given, str) and len(given) > MAX_ID:
        raise ApiError("message.malformed", 400)
    spec = messages().get(envelope.type)
    if spec is None:
        raise ApiError("message.unknown", 404, id=given)
    known = set(spec.body.__struct_encode_fields__)
    strange = [name for name in fields if name not in known and name not in ("type", "id")]
    if strange:
        raise ApiError("message.invalid", 422, id=given, problem=f"unknown field {strange[0][:100]}")
    rest = {name: raw for name, raw in fields.items() if name in known}
    try:
        body = msgspec.json.decode(msgspec.json.encode(rest), type=spec.body)
    except msgspec.ValidationError as error:
        raise ApiError("message.invalid", 422, id=given, problem=str(error)[:300]) from None
    except RecursionError:
        raise ApiError("message.malformed", 400, id=given) from None
    return Incoming(spec, given, body)


def error_answer(error: ApiError, language: str, id: str | int | None = None) -> SocketError:  # noqa: A002
    """The refusal in the words of the person's language."""
    details = {name: value for name, value in error.details.items() if name != "id"}
    number = error.details.get("id") if id is None else id
    return SocketError(number, error.code, sentence(error.code, language), details)
