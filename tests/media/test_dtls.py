"""DTLS as the server, against OpenSSL's client: fingerprints, profiles, losses, floods, goodbyes."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from media.dtls import (
    HANDSHAKE_TIME,
    MAX_DATAGRAMS,
    MTU,
    Budget,
    Dtls,
    datagrams,
    fingerprint,
    make_identity,
    matches,
)
from media.srtp import PROFILES, split_keys

SERVER = make_identity()


class Browser:
    """The client side. `srtp` are the profiles it offers, in OpenSSL's words."""

    def __init__(self, srtp: bytes = b"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM") -> None:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(CERTIFICATE)
        context.use_privatekey(KEY)
        if srtp:
            context.set_tlsext_use_srtp(srtp)
        self.ssl: Any = SSL.Connection(context, None)
        self.ssl.set_connect_state()
        self.ssl.set_ciphertext_mtu(MTU)
        self.open = False

    def turn(self, datagrams: list[bytes]) -> list[bytes]:
        for datagram in datagrams:
            self.ssl.bio_write(datagram)
        try:
            self.ssl.do_handshake()
            self.open = True
        except SSL.WantReadError:
            pass
        return self.flush()

    def flush(self) -> list[bytes]:
        try:
            return datagrams(self.ssl.bio_read(65536))
        except SSL.Error:
            return []


def _own_certificate() -> tuple[Any, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "browser")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made, key


CERTIFICATE, KEY = _own_certificate()


def line(algorithm: str = "sha-256") -> str:
    return f"{algorithm} {fingerprint(CERTIFICATE, algorithm)}"


def shake(
    server: Dtls, browser: Browser, keep: Callable[[int], bool] = lambda _: True, now: float = 0.0
) -> float:
    """Exchange flights; `keep` says which datagrams (counted over both ways) arrive. Returns the time."""
    count = 0
    up = browser.turn([])
    while server.state in ("new", "handshake") or not browser.open:
        down: list[bytes] = []
        for datagram in up:
            count += 1
            if keep(count):
                down += server.receive(datagram, now)
        arrived = []
        for datagram in down:
            count += 1
            if keep(count):
                arrived.append(datagram)
        if server.state in ("failed", "closed"):
            break
        up = browser.turn(arrived) if arrived else []
        if not up and not browser.open:
            time.sleep(1.02)  # OpenSSL's timers run by the wall clock: one second at first
            now += 1.02
            due = server.deadline(now)
            if due is not None and now >= due:
                for datagram in server.timeout(now):
                    count += 1
                    if keep(count):
                        up += browser.turn([datagram])
            browser.ssl.DTLSv1_handle_timeout()
            up += browser.flush()
        assert now < 60
    return now


def test_a_browser_gets_gcm_although_it_prefers_the_other() -> None:
    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser()
    shake(server, browser)
    assert server.state == "open"
    assert server.keys is not None
    assert server.keys.profile.name == "AEAD_AES_128_GCM"
    material = browser.ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 56)
    assert server.keys == split_keys(PROFILES[0], material)
    assert server.deadline(0.0) is None


def test_one_without_gcm_gets_sha1() -> None:
    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser(b"SRTP_AES128_CM_SHA1_80")
    shake(server, browser)
    assert server.keys is not None
    assert server.keys.profile.name == "AES_CM_128_HMAC_SHA1_80"


def test_one_without_srtp_fails() -> None:
    budget = Budget(5)
    server, browser = Dtls(SERVER, [line()], budget, 0.0), Browser(b"")
    shake(server, browser)
    assert (server.state, server.reason, server.keys) == ("failed", "dtls.profile", None)
    assert budget.open == 0


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_any_matching_fingerprint_will_do(algorithm: str) -> None:
    wrong = "sha-256 " + ":".join(["00"] * 32)
    server, browser = Dtls(SERVER, [wrong, line(algorithm).lower()], Budget(5), 0.0), Browser()
    shake(server, browser)
    assert server.state == "open"


@pytest.mark.parametrize("offered", [[], ["sha-256 " + ":".join(["00"] * 32)], ["sha-1 AA"], ["nonsense"]])
def test_a_certificate_that_was_not_offered_gets_no_keys(offered: list[str]) -> None:
    server, browser = Dtls(SERVER, offered, Budget(5), 0.0), Browser()
    shake(server, browser)
    assert (server.state, server.reason, server.keys) == ("failed", "dtls.fingerprint", None)
    assert not matches(CERTIFICATE, offered)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [(1,), (2,), (3,), (4,), (2, 5), (1, 3, 6)])
def test_lost_flights_are_sent_again(lost: tuple[int, ...]) -> None:
    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser()
    shake(server, browser, lambda number: number not in lost)
    assert server.state == "open"


def test_an_unfinished_handshake_is_given_up() -> None:
    budget = Budget(5)
    server, browser = Dtls(SERVER, [line()], budget, 0.0), Browser()
    server.receive(browser.turn([])[0], 0.0)
    assert (server.state, budget.open) == ("handshake", 1)
    assert server.deadline(0.0) is not None
    server.timeout(HANDSHAKE_TIME + 1)
    assert (server.state, server.reason, budget.open) == ("failed", "dtls.timeout", 0)
    assert server.receive(b"\x16" * 50, 30.0) == []


def test_the_budget_bounds_handshakes() -> None:
    budget = Budget(1)
    hello = Browser().turn([])[0]
    first, second = (Dtls(SERVER, [line()], budget, 0.0) for _ in range(2))
    assert first.receive(hello, 0.0)
    assert second.receive(hello, 0.0) == []
    assert second.state == "new"
    first.close()
    assert second.receive(hello, 0.0)


def test_a_flood_ends_the_handshake() -> None:
    server = Dtls(SERVER, [line()], Budget(5), 0.0)
    hello = Browser().turn([])[0]
    for _ in range(MAX_DATAGRAMS + 1):
        server.receive(hello, 0.0)
    assert (server.state, server.reason) == ("failed", "dtls.flood")


@settings(max_examples=60)
@given(noise=st.lists(st.binary(max_size=200), max_size=6))
def test_noise_between_flights_is_ignored(noise: list[bytes]) -> None:
    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser()
    up = browser.turn([])
    while not (browser.open and server.state == "open"):
        for datagram in noise:
            server.receive(datagram, 0.0)
        down = [answer for datagram in up for answer in server.receive(datagram, 0.0)]
        assert server.state in ("handshake", "open")
        up = browser.turn(down)
    for datagram in noise:
        server.receive(datagram, 0.0)
    assert server.state == "open"


def test_goodbyes_both_ways() -> None:
    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser()
    shake(server, browser)
    browser.ssl.shutdown()
    for datagram in browser.flush():
        server.receive(datagram, 1.0)
    assert (server.state, server.reason) == ("closed", "dtls.closed")

    server, browser = Dtls(SERVER, [line()], Budget(5), 0.0), Browser()
    shake(server, browser)
    goodbye = server.close()
    assert goodbye
    for datagram in goodbye:
        browser.ssl.bio_write(datagram)
    with pytest.raises(SSL.ZeroReturnError):
        browser.ssl.recv(100)
    assert server.close() == []


@given(sizes=st.lists(st.integers(0, 1500), max_size=12))
def test_flights_are_cut_between_records(sizes: list[int]) -> None:
    records = [b"\x16\xfe\xfd" + bytes(8) + size.to_bytes(2, "big") + bytes(size) for size in sizes]
    cut = datagrams(b"".join(records))
    assert b"".join(cut) == b"".join(records)
    assert all(len(datagram) <= MTU or len(datagram) - 13 > MTU - 13 for datagram in cut)
    starts = {sum(map(len, records[:i])) for i in range(len(records))}
    at = 0
    for datagram in cut:
        assert at in starts
        at += len(datagram)
