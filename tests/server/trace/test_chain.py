"""The bytes of the chain: vectors that never change, and no two entries with the same bytes."""

import hashlib
import hmac
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from server.trace.chain import (
    GENESIS,
    Entry,
    body_of,
    body_of_entry,
    commitment,
    first_form,
    joined,
    key_digest,
    link,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
hashes = st.binary(min_size=32, max_size=32)
numbers = st.integers(0, 2**63 - 1)
fields = st.tuples(numbers, texts, numbers, numbers, numbers, texts, texts, hashes, hashes)


FIELDS = (
    bytes.fromhex("0000000000000001 0000000000000002 0000000000000003 fffffffffffffffc")
    + b"\0\x01s"
    + b"\0\x0a"
    + "Айгүл".encode()
    + b"\0\x09chat.said"
    + b"c" * 32
)


def test_the_bytes_are_those_of_the_document() -> None:
    body = hashlib.sha256(b"sabak.entry.2\0" + FIELDS).digest()
    assert body_of(1, "s", 2, 3, -4, "Айгүл", "chat.said", b"c" * 32) == body
    made = link(1, "s", 2, 3, -4, "Айгүл", "chat.said", b"c" * 32, GENESIS)
    assert made.hash == hashlib.sha256(b"sabak.link.2\0" + body + bytes(32)).digest()
    assert first_form(made) == hashlib.sha256(b"sabak.trace.1\0" + FIELDS + bytes(32)).digest()


def test_the_commitment_is_that_of_the_document() -> None:
    wanted = hmac.new(b"k" * 32, b'\0\x02id{"a":1}', hashlib.sha256).digest()
    assert commitment(b"k" * 32, "id", b'{"a":1}') == wanted


def expected(entry: Entry) -> bytes:
    return joined(body_of_entry(entry), entry.prev)


@given(fields, fields)
def test_different_entries_have_different_bytes(one: tuple, other: tuple) -> None:  # type: ignore[type-arg]
    assert (link(*one).hash == link(*other).hash) == (one == other)


@given(fields, st.sampled_from(Entry.__slots__), st.integers(0, 7), st.data())
def test_a_change_of_any_field_changes_the_hash(
    values: tuple,  # type: ignore[type-arg]
    name: str,
    bit: int,
    data: st.DataObject,
) -> None:
    entry = link(*values)
    assert expected(entry) == entry.hash
    old = getattr(entry, name)
    if isinstance(old, bytes):
        place = data.draw(st.integers(0, 31))
        new: object = old[:place] + bytes([old[place] ^ 1 << bit]) + old[place + 1 :]
    else:
        new = data.draw((numbers if isinstance(old, int) else texts).filter(lambda each: each != old))
    changed = replace(entry, **{name: new})
    assert expected(changed) != changed.hash


@given(st.tuples(texts, texts, texts), st.tuples(texts, texts, texts))
def test_keys_of_other_sessions_and_actors_do_not_collide(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (key_digest(*one) == key_digest(*other)) == (one == other)
