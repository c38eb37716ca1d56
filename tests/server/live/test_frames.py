"""Many messages as one write: what a WebSocket reader makes of the bytes."""

from hypothesis import given
from hypothesis import strategies as st

from server.live.frames import TEXT, text_frames


def read(data: bytes) -> list[bytes]:
    """Payloads of unmasked text frames, by RFC 6455 section 5.2."""
    found, at = [], 0
    while at < len(data):
        assert data[at] == TEXT
        length, at = data[at + 1], at + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        assert at + length <= len(data), "the last frame is cut off"
        found.append(data[at : at + length])
        at += length
    return found


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_messages_come_out_as_they_went_in(messages: list[bytes]) -> None:
    assert read(text_frames(messages)) == messages


def test_each_length_has_the_shortest_header() -> None:
    for length, header in ((125, 2), (126, 4), (65_535, 4), (65_536, 10)):
        assert len(text_frames([bytes(length)])) == length + header
        assert read(text_frames([bytes(length), b"next"])) == [bytes(length), b"next"]
