"""Many text messages as one write: the WebSocket frames of a server (RFC 6455 section 5.2). Pure.

When a whole class raises its hand at once, every seat gets hundreds of events; a system call for each of
them, there and at the client, costs more than all the rest.
"""

from collections.abc import Iterable

TEXT = 0x81
"""FIN and the opcode of text. A server's frames have no mask (section 5.1)."""


def text_frames(messages: Iterable[bytes]) -> bytes:
    """The frames of these messages, in order, each whole and uncompressed."""
    parts: list[bytes] = []
    for message in messages:
        length = len(message)
        if length < 126:
            parts.append(bytes((TEXT, length)))
        elif length < 1 << 16:
            parts.append(bytes((TEXT, 126, length >> 8, length & 0xFF)))
        else:
            parts.append(bytes((TEXT, 127)) + length.to_bytes(8, "big"))
        parts.append(message)
    return b"".join(parts)
