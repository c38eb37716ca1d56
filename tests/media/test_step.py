"""The packet step: against packets built and sealed independently, and against its stored vectors."""

import contextlib
import json
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.flow.packet import Intake, UpPacket
from media.mmsg import MAX_SEGMENTS
from media.srtp import PROFILES, TRAILER_ROOM, Arena, Outbound, split_keys
from media.step import MAX_PADDING, NATIVE, Run, dialect, lay_out, native_step, python_step
from media.wire import rtp, vp8

VECTORS = Path(__file__).parent / "vectors" / "run_step.json"
MATERIAL = bytes(range(60))

native = pytest.mark.skipif(not NATIVE, reason="there was no compiler when Sabak was installed")
both = pytest.mark.parametrize("step", [python_step, pytest.param(native_step, marks=native)])
Step = Callable[..., bool]


def frame(
    sizes: list[int], *, picture: int | None = 77, tl0: int | None = 9, bits: int = 15, seq: int = 65_534
) -> list[UpPacket]:
    """The packets of one VP8 frame, as the intake hands them out."""
    intake = Intake("VP8", 90_000)
    out = []
    for index, size in enumerate(sizes):
        flags = (0x80 if picture is not None else 0) | (0x40 if tl0 is not None else 0)
        head = bytes([(0x80 if flags else 0) | (0x10 if index == 0 else 0)])
        if flags:
            head += bytes([flags])
        if picture is not None:
            head += (0x8000 | picture).to_bytes(2, "big") if bits == 15 else bytes([picture & 0x7F])
        if tl0 is not None:
            head += bytes([tl0])
        body = head + b"\x01" + bytes((index + n) & 0xFF for n in range(max(0, size - len(head) - 1)))
        data = rtp.build(
            pt=100,
            seq=(seq + index) & 0xFFFF,
            time=1000,
            ssrc=5,
            payload=body,
            marker=index == len(sizes) - 1,
        )
        taken = intake.take(rtp.parse(data), 1.0)
        assert taken is not None
        out.append(taken)
    return out


def sealed(tag: int) -> tuple[Outbound, Session]:
    """Our sealing session, and pylibsrtp's own session that opens what it made."""
    profile = next(profile for profile in PROFILES if profile.tag == tag)
    keys = split_keys(profile, MATERIAL[: 2 * (profile.key + profile.salt)])
    policy = Policy(key=keys.outbound, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile.libsrtp)
    return Outbound(keys), Session(policy)


def datagrams(arena: Arena, template: Any) -> list[bytes]:
    """What the kernel would make of the template's messages."""
    out = []
    for at, size, segment in template.messages:
        step_size = segment or size
        out += [bytes(arena.view[at + n : at + min(n + step_size, size)]) for n in range(0, size, step_size)]
    return out


@both
@given(
    sizes=st.lists(st.integers(8, 1200), min_size=1, max_size=MAX_SEGMENTS),
    picture=st.none() | st.integers(0, 0x7FFF),
    tl0=st.none() | st.integers(0, 255),
    bits=st.sampled_from((7, 15)),
    cc=st.sampled_from((0, 1, 14)),
    tag=st.sampled_from((10, 16)),
    out=st.tuples(st.integers(0, 1 << 20), st.integers(-(1 << 33), 1 << 33), st.integers(0, 1 << 20)),
    new=st.tuples(st.integers(-100_000, 100_000), st.integers(-1000, 1000)),
)
def test_every_packet_is_what_the_subscriber_should_get(
    step: Step,
    sizes: list[int],
    picture: int | None,
    tl0: int | None,
    bits: int,
    cc: int,
    tag: int,
    out: tuple[int, int, int],
    new: tuple[int, int],
) -> None:
    packets = frame(sizes, picture=picture, tl0=tl0, bits=bits)
    template = lay_out(packets, dialect(96, cc, tag))
    outbound, reader = sealed(tag)
    arena = Arena(len(template.data) + 256)
    seq, time, transport = out
    assert step(arena, 100, template, outbound, seq, time, 0xABCD, transport, *new)
    moved = Arena(arena.size)
    moved.view[: arena.size - 100] = arena.view[100:]
    got = [rtp.parse(reader.unprotect(datagram)) for datagram in datagrams(moved, template)]
    assert len(got) == len(packets)
    for index, (packet, source) in enumerate(zip(got, packets, strict=True)):
        assert (packet.pt, packet.ssrc) == (96, 0xABCD)
        assert packet.seq == (seq + index) & 0xFFFF
        assert packet.time == time & 0xFFFFFFFF
        assert packet.marker == source.marker
        elements = rtp.elements(packet)
        assert elements == ({cc: ((transport + index) & 0xFFFF).to_bytes(2, "big")} if cc else {})
        found = vp8.parse(packet.data, packet.payload_at, packet.payload_end)
        rest = packet.payload[found.size :]
        original = source.payload
        assert rest == original[vp8.parse(original, 0, len(original)).size :]
        assert found.frame_start == (index == 0)
        if picture is not None:
            assert found.picture_bits == 15
            assert found.picture_id == new[0] & 0x7FFF
            if tl0 is not None:
                assert found.tl0_index == new[1] & 0xFF
        assert len(packet.data) - packet.payload_end <= MAX_PADDING


@given(sizes=st.lists(st.integers(8, 1200), min_size=1, max_size=MAX_SEGMENTS))
def test_messages_are_what_the_kernel_can_segment(sizes: list[int]) -> None:
    template = lay_out(frame(sizes), dialect(96, 4, 16))
    covered = 0
    for at, size, segment in template.messages:
        assert at == covered
        covered += size
        if segment:
            lengths = [
                length + 16 for offset, _, length, _, _ in template.packets if at <= offset < at + size
            ]
            assert all(length == segment for length in lengths[:-1])
            assert 0 < lengths[-1] <= segment
            assert size == sum(lengths)
    assert covered == len(template.data)
    assert [single[:2] for single in template.singles] == [
        (at, size + 16) for at, _, size, _, _ in template.packets
    ]


def test_a_frame_cut_as_browsers_do_is_one_message() -> None:
    """Sizes equal within one byte, the smaller ones first (seen with Chromium 156)."""
    template = lay_out(frame([1051, 1051, 1052, 1052, 1052]), dialect(96, 4, 16))
    assert len(template.messages) == 1
    assert template.octets == 1051 * 2 + 1052 * 3


def test_a_gap_in_the_source_stays_a_gap() -> None:
    packets = frame([100, 100, 100])
    del packets[1]
    template = lay_out(packets, dialect(96, 4, 16))
    assert [distance for _, distance, _, _, _ in template.packets] == [0, 2]


@both
def test_the_same_index_is_never_sealed_twice(step: Step) -> None:
    template = lay_out(frame([100, 100]), dialect(96, 4, 16))
    outbound, _ = sealed(16)
    arena = Arena(4096)
    assert step(arena, 0, template, outbound, 10, 1, 7, 1, 1, 1)
    assert not step(arena, 0, template, outbound, 10, 1, 7, 3, 1, 1)


def test_a_template_is_made_once_for_a_dialect() -> None:
    run = Run(frame([100, 100]))
    assert run.template(dialect(96, 4, 16)) is run.template(dialect(96, 4, 16))
    assert run.template(dialect(97, 4, 16)) is not run.template(dialect(96, 4, 16))


@native
@given(
    sizes=st.lists(st.integers(8, 1200), min_size=1, max_size=MAX_SEGMENTS),
    picture=st.none() | st.integers(0, 0x7FFF),
    tl0=st.none() | st.integers(0, 255),
    cc=st.sampled_from((0, 4)),
    numbers=st.tuples(*[st.integers(-(1 << 40), 1 << 40)] * 5),
)
def test_both_steps_write_the_same_bytes(
    sizes: list[int], picture: int | None, tl0: int | None, cc: int, numbers: tuple[int, ...]
) -> None:
    template = lay_out(frame(sizes, picture=picture, tl0=tl0), dialect(96, cc, 16))
    seq, time, transport, *more = numbers
    arenas = Arena(len(template.data) + 100), Arena(len(template.data) + 100)
    for step, arena in zip((python_step, native_step), arenas, strict=True):
        assert step(arena, 7, template, sealed(16)[0], seq, time, 0xDEADBEEF, transport, *more)
    assert arenas[0].buffer == arenas[1].buffer


@native
@pytest.mark.parametrize("at", [-1, 1, 5000, 1 << 40])
def test_the_native_step_writes_nothing_outside_the_arena(at: int) -> None:
    template = lay_out(frame([900]), dialect(96, 4, 16))
    arena = Arena(len(template.data) + 16)
    arena.view[:] = bytes([0x55]) * arena.size
    with pytest.raises(ValueError, match=r"arena|run"):
        native_step(arena, at, template, sealed(16)[0], 1, 2, 3, 4, 5, 6)


@native
@given(
    table=st.lists(st.integers(-(1 << 31), (1 << 31) - 1), min_size=5, max_size=5)
    | st.tuples(*[st.integers(-50, 1200)] * 5)
)
def test_the_native_step_believes_no_table(table: list[int]) -> None:
    """It raises or seals within the run: a wrong offset never reaches memory of others."""
    template = lay_out(frame([900]), dialect(96, 4, 16))
    wrong = replace(template, table=array("i", table).tobytes())
    arena = Arena(2048)
    with contextlib.suppress(ValueError):
        native_step(arena, 500, wrong, sealed(16)[0], 1, 2, 3, 4, 5, 6)
    assert not any(arena.buffer[:500])
    assert not any(arena.buffer[500 + len(template.data) + TRAILER_ROOM :])


CASES = [
    {"sizes": [300, 300, 299], "pt": 96, "cc": 4, "tag": 16, "picture": 77, "tl0": 9, "bits": 15},
    {"sizes": [300, 301], "pt": 120, "cc": 4, "tag": 10, "picture": 77, "tl0": 9, "bits": 15},
    {"sizes": [64], "pt": 96, "cc": 0, "tag": 16, "picture": 5, "tl0": None, "bits": 7},
    {"sizes": [64, 900], "pt": 96, "cc": 14, "tag": 16, "picture": None, "tl0": None, "bits": 15},
]  # fmt: skip


def run_case(case: dict[str, Any], step: Step = python_step) -> list[str]:
    packets = frame(case["sizes"], picture=case["picture"], tl0=case["tl0"], bits=case["bits"])
    template = lay_out(packets, dialect(case["pt"], case["cc"], case["tag"]))
    arena = Arena(8192)
    outbound, _ = sealed(case["tag"])
    assert step(arena, 0, template, outbound, 65_535, 4_000_000_000, 0x01020304, 65_535, 0x7FFF, 255)
    return [datagram.hex() for datagram in datagrams(arena, template)]


@both
@pytest.mark.parametrize("number", range(len(CASES)))
def test_vectors(number: int, step: Step) -> None:
    """`vectors/run_step.json` is the contract of both steps: inputs of `CASES`, sealed datagrams out."""
    stored = json.loads(VECTORS.read_text())[number]
    assert stored["case"] == CASES[number]
    assert run_case(CASES[number], step) == stored["datagrams"]


if __name__ == "__main__":  # writes the vectors anew, after a change of the contract
    VECTORS.write_text(
        json.dumps([{"case": case, "datagrams": run_case(case)} for case in CASES], indent=1) + "\n"
    )
