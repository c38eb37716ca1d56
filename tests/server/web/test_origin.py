"""Where a request comes from, behind proxies and not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.origin import Source, is_own, network_of, networks, source

PROXIES = networks(["10.0.0.0/8", "::1"])


def test_headers_of_strangers_are_not_believed() -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "Host": "h"}
    assert source("8.8.8.8", False, headers, PROXIES) == Source("8.8.8.8", False, "h")


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        ("made up, 1.2.3.4", "1.2.3.4"),
        ("1.2.3.4, made up", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ],
)
def test_the_rightmost_untrusted_hop_counts(header: str, address: str) -> None:
    found = source("10.0.0.1", False, {"X-Forwarded-For": header}, PROXIES)
    assert found.address == address


def test_the_proxys_scheme_and_host() -> None:
    headers = {"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "sabak.kg", "Host": "127.0.0.1:8080"}
    assert source("::1", False, headers, PROXIES) == Source("::1", True, "sabak.kg")
    assert not source("10.1.1.1", True, {"X-Forwarded-Proto": "http"}, PROXIES).secure


@given(st.text(max_size=60), st.text(max_size=300))
def test_nothing_breaks_it(peer: str, header: str) -> None:
    found = source(peer, False, {"X-Forwarded-For": header, "Host": header}, PROXIES)
    assert len(found.address) <= 45
    network_of(header)


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("https://sabak.kg", True),
        ("https://sabak.kg:443", True),
        ("HTTPS://SABAK.KG", True),
        ("http://sabak.kg", False),
        ("https://sabak.kg:8443", False),
        ("https://sabak.kg.evil.example", False),
        ("https://evil.example/https://sabak.kg", False),
        ("https://sabak.kg@evil.example", False),
        ("https://a@sabak.kg", False),
        ("null", False),
        ("", False),
        ("file://", False),
        ("https://[::1", False),
        ("https://public.kg", True),
    ],
)
def test_own_pages(origin: str, own: bool) -> None:
    assert is_own(origin, Source("1.2.3.4", True, "sabak.kg"), "https://public.kg") == own


@given(st.text(max_size=100))
def test_no_text_is_taken_for_an_own_page(text: str) -> None:
    if is_own(text, Source("", True, "sabak.kg"), ""):
        assert "sabak.kg" in text.lower()


def test_one_home_is_one_place() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::2")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
