"""media.wire.stun: the vectors of RFC 5769, round trips, and bytes that mean harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import Malformed
from media.wire import stun

# RFC 5769 section 2.1: software "STUN test client", username "evtj:h6vY".
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e740024"
    "00046e0001ff80290008932ff9b151263b36000600096576746a3a6836765920202000080014"
    "9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
# RFC 5769 section 2.2: the answer, 192.0.2.1 port 32853.
RESPONSE4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
# RFC 5769 section 2.3: the answer, 2001:db8:1234:5678:11:2233:4455:6677 port 32853.
RESPONSE6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"
TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")


def test_rfc5769_request() -> None:
    message = stun.parse(REQUEST)
    assert (message.kind, message.method) == (stun.REQUEST, stun.BINDING)
    assert message.transaction == TRANSACTION
    assert message.username == "evtj:h6vY"
    assert message.priority == 0x6E0001FF
    assert message.controlled == 0x932FF9B151263B36
    assert message.controlling is None
    assert not message.use_candidate
    assert message.fingerprint
    assert message.integrity_holds(PASSWORD)
    assert not message.integrity_holds(PASSWORD + b"x")


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (RESPONSE4, ("192.0.2.1", 32853)),
        (RESPONSE6, ("2001:db8:1234:5678:11:2233:4455:6677", 32853)),
    ],
)
def test_rfc5769_responses(raw: bytes, address: tuple[str, int]) -> None:
    message = stun.parse(raw)
    assert message.kind == stun.SUCCESS
    assert message.mapped == address
    assert message.integrity_holds(PASSWORD)


def test_any_changed_byte_is_noticed() -> None:
    for at in range(len(REQUEST) - 8):  # the fingerprint itself is not signed
        changed = bytearray(REQUEST)
        changed[at] ^= 0x10
        try:
            message = stun.parse(bytes(changed))
        except Malformed:
            continue
        assert not message.integrity_holds(PASSWORD)


@given(
    st.binary(min_size=12, max_size=12),
    st.text(max_size=60),
    st.binary(min_size=1, max_size=40),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.booleans(),
    st.booleans(),
)
def test_request_round_trip(
    transaction: bytes,
    username: str,
    password: bytes,
    priority: int,
    tie_breaker: int,
    controlling: bool,
    nominate: bool,
) -> None:
    raw = stun.binding_request(
        transaction,
        username,
        password,
        priority=priority,
        tie_breaker=tie_breaker,
        controlling=controlling,
        use_candidate=nominate,
    )
    assert stun.is_stun(raw)
    message = stun.parse(raw)
    assert message.username == username
    assert message.priority == priority
    assert message.use_candidate == nominate
    assert (message.controlling if controlling else message.controlled) == tie_breaker
    assert (message.controlled if controlling else message.controlling) is None
    assert message.integrity_holds(password)
    assert message.unknown == ()


@given(st.binary(min_size=12, max_size=12), st.ip_addresses(), st.integers(0, 65535))
def test_success_round_trip(transaction: bytes, ip: object, port: int) -> None:
    message = stun.parse(stun.binding_success(transaction, (str(ip), port), b"pw"))
    assert message.kind == stun.SUCCESS
    assert message.transaction == transaction
    mapped = getattr(ip, "ipv4_mapped", None)
    assert message.mapped == (str(mapped or ip), port)


def test_addresses_of_dual_stack_sockets() -> None:
    for host, told in [("::ffff:10.0.0.7", "10.0.0.7"), ("fe80::1%eth0", "fe80::1")]:
        message = stun.parse(stun.binding_success(bytes(12), (host, 4000), b"pw"))
        assert message.mapped == (told, 4000)


@pytest.mark.parametrize("code", [400, 401, 420, 487])
def test_errors(code: int) -> None:
    message = stun.parse(stun.binding_error(bytes(12), code, None, (0x0019,)))
    assert message.kind == stun.ERROR
    assert message.error == code
    assert not message.integrity_holds(b"")
    assert stun.parse(stun.binding_error(bytes(12), code, b"pw")).integrity_holds(b"pw")


def test_unknown_required_attribute_is_reported() -> None:
    raw = stun.build(stun.REQUEST, bytes(12), [(0x0019, b"abcd"), (0x8FFF, b"xy")], b"pw")
    assert stun.parse(raw).unknown == (0x0019,)


def test_attributes_after_integrity_do_not_count() -> None:
    signed = stun.build(stun.REQUEST, bytes(12), [(stun.USERNAME, b"a:b")], b"pw")[:-8]
    forged = signed + b"\x00\x25\x00\x00"  # USE-CANDIDATE added by somebody on the way
    forged = forged[:2] + (len(forged) - 20).to_bytes(2, "big") + forged[4:]
    message = stun.parse(forged)
    assert message.integrity_holds(b"pw")
    assert not message.use_candidate


@given(st.binary(max_size=200))
def test_arbitrary_bytes(data: bytes) -> None:
    try:
        stun.parse(data)
    except Malformed:
        pass


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=6))
def test_arbitrary_attributes(attributes: list[tuple[int, bytes]]) -> None:
    raw = stun.build(stun.REQUEST, bytes(12), attributes, b"pw")
    try:
        stun.parse(raw).integrity_holds(b"pw")
    except Malformed:
        pass


@pytest.mark.parametrize("raw", [REQUEST, RESPONSE4, RESPONSE6])
def test_truncations(raw: bytes) -> None:
    for size in range(len(raw)):
        with pytest.raises(Malformed):
            stun.parse(raw[:size])


def test_first_byte() -> None:
    assert stun.is_stun(REQUEST)
    assert not stun.is_stun(REQUEST[:19])
    assert not stun.is_stun(b"\x00" * 20)
    assert stun.is_dtls(b"\x16\xfe\xfd" + bytes(10))
    assert not stun.is_dtls(REQUEST)
    assert stun.is_rtp_or_rtcp(b"\x80\x60" + bytes(10))
    assert not stun.is_rtp_or_rtcp(b"\x16\xfe\xfd" + bytes(10))
    for second, rtcp in [(0x60, False), (0xE0, False), (200, True), (206, True), (192, True), (223, True)]:
        assert stun.is_rtcp(bytes([0x80, second])) is rtcp
