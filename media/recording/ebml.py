"""EBML, the bones of WebM: elements in, bytes out, and back again for mending a cut file. Pure.

Source: RFC 8794.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

UNKNOWN: Final = b"\x01\xff\xff\xff\xff\xff\xff\xff"
"""A size that is not known yet: the element ends where its parent's next child begins."""


def size(number: int) -> bytes:
    """A data size in as few bytes as it takes (section 4)."""
    for length in range(1, 9):
        if number < (1 << 7 * length) - 1:
            return (number | 1 << 7 * length).to_bytes(length, "big")
    raise ValueError("an element of 2^56 bytes")


def element(name: int, data: bytes) -> bytes:
    """`name`: the element's ID with its marker bit, as the tables print it."""
    return identifier(name) + size(len(data)) + data


def identifier(name: int) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big")


def unsigned(name: int, value: int, length: int = 0) -> bytes:
    """An unsigned integer; `length` bytes of data, or as few as it takes."""
    return element(name, value.to_bytes(length or max(1, (value.bit_length() + 7) // 8), "big"))


def double(name: int, value: float) -> bytes:
    return element(name, struct.pack("!d", value))


def text(name: int, value: str) -> bytes:
    return element(name, value.encode())


class Head(NamedTuple):
    """The head of an element: its ID, where its data begin, how many bytes they are (-1: unknown)."""

    name: int
    data: int
    length: int


def head(data: bytes | memoryview, at: int) -> Head | None:
    """The head at `at`; None where it is cut off or no head at all."""
    end = len(data)
    if at >= end or not data[at]:
        return None
    name_length = 9 - data[at].bit_length()
    if name_length > 4 or at + name_length >= end:
        return None
    name = int.from_bytes(data[at : at + name_length], "big")
    at += name_length
    if not data[at]:
        return None
    size_length = 9 - data[at].bit_length()
    if at + size_length > end:
        return None
    mark = 1 << 7 * size_length
    length = int.from_bytes(data[at : at + size_length], "big") & (mark - 1)
    return Head(name, at + size_length, -1 if length == mark - 1 else length)


def children(data: bytes | memoryview, at: int, end: int) -> Iterator[Head]:
    """The whole elements between `at` and `end`, up to the first that is not whole."""
    while at < end:
        found = head(data, at)
        if found is None or found.length < 0 or found.data + found.length > end:
            return
        yield found
        at = found.data + found.length
