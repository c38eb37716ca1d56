"""The local authority: what it signs, what it refuses, when it renews; a real handshake."""

import asyncio
import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from server.errors import SettingsError
from server.settings import Settings
from server.tls import authority, lan
from server.tls.authority import CA_CERT, CA_KEY, CERT, KEY, ensure
from server.tls.context import make_context, reload_for_ever

ADDRESSES = [ip_address("127.0.0.1"), ip_address("192.168.1.10"), ip_address("::1")]
NAMES = ["localhost", "kabinet", "kabinet.local"]


def cert(folder: Path, name: str = CERT) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_it_makes_once_and_keeps(tmp_path: Path) -> None:
    assert ensure(tmp_path, ADDRESSES, NAMES)
    first = cert(tmp_path).serial_number
    assert not ensure(tmp_path, ADDRESSES, NAMES)
    assert cert(tmp_path).serial_number == first
    assert stat.S_IMODE((tmp_path / CA_KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600


def test_it_renews_before_the_end_and_keeps_the_authority(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ensure(tmp_path, ADDRESSES, NAMES, now)
    old, trusted = cert(tmp_path).serial_number, (tmp_path / CA_CERT).read_bytes()
    assert not ensure(tmp_path, ADDRESSES, NAMES, now + timedelta(days=360))
    assert ensure(tmp_path, ADDRESSES, NAMES, now + timedelta(days=370))
    assert cert(tmp_path).serial_number != old
    assert (tmp_path / CA_CERT).read_bytes() == trusted
    assert (cert(tmp_path).not_valid_after_utc - cert(tmp_path).not_valid_before_utc).days <= 398


def test_a_new_private_address_is_added(tmp_path: Path) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    assert ensure(tmp_path, [*ADDRESSES, ip_address("10.7.7.7")], NAMES)
    names = cert(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ip_address("10.7.7.7") in names.get_values_for_type(x509.IPAddress)


def test_names_and_addresses_out_of_bounds_do_not_spoil_it(tmp_path: Path) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    later = [*ADDRESSES, ip_address("8.8.8.8")]
    assert not ensure(tmp_path, later, [*NAMES, "bank.example"])
    names = cert(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "bank.example" not in names.get_values_for_type(x509.DNSName)


@pytest.mark.parametrize("broken", [CERT, KEY])
def test_a_damaged_server_pair_is_made_anew(tmp_path: Path, broken: str) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    (tmp_path / broken).write_text("half")
    assert ensure(tmp_path, ADDRESSES, NAMES)
    make_context(tmp_path / CERT, tmp_path / KEY)


def test_a_damaged_authority_is_told_not_replaced(tmp_path: Path) -> None:
    """Devices trust it: making another in silence would lock them all out."""
    ensure(tmp_path, ADDRESSES, NAMES)
    (tmp_path / CA_CERT).write_text("half")
    with pytest.raises(SettingsError, match="local authority"):
        ensure(tmp_path, ADDRESSES, NAMES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError):
        ensure(tmp_path / "tls", ADDRESSES, NAMES)


async def handshake(folder: Path, client: ssl.SSLContext, name: str) -> str:
    """Connect as a browser would; returns the protocol's version."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    context = make_context(folder / CERT, folder / KEY)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname=name)
        version = str(writer.get_extra_info("ssl_object").version())
        writer.close()
        return version
    finally:
        server.close()


async def test_who_trusts_the_authority_connects_by_each_name(tmp_path: Path) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    client = ssl.create_default_context(cafile=str(tmp_path / CA_CERT))
    for name in ("127.0.0.1", "localhost", "kabinet.local", "192.168.1.10"):
        assert await handshake(tmp_path, client, name) == "TLSv1.3"
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await handshake(tmp_path, client, "localhost") == "TLSv1.2"
    with pytest.raises(ssl.SSLCertVerificationError):
        await handshake(tmp_path, client, "bank.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        await handshake(tmp_path, ssl.create_default_context(), "localhost")


async def test_a_stolen_authority_cannot_speak_for_a_bank(tmp_path: Path) -> None:
    """Name constraints (RFC 5280, 4.2.1.10) hold even if somebody signs past our own check."""
    from cryptography.hazmat.primitives.asymmetric import ec

    ensure(tmp_path, ADDRESSES, NAMES)
    ca, ca_key = cert(tmp_path, CA_CERT), authority._read_key(tmp_path / CA_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=True)
    )
    from cryptography.hazmat.primitives import hashes, serialization

    forged = builder.sign(ca_key, hashes.SHA256())
    (tmp_path / CERT).write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    (tmp_path / KEY).write_bytes(authority._pem(key))
    client = ssl.create_default_context(cafile=str(tmp_path / CA_CERT))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        await handshake(tmp_path, client, "bank.example")


def test_files_that_are_no_certificate(tmp_path: Path) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    (tmp_path / "junk").write_text("junk")
    for pair in (
        (tmp_path / "junk", tmp_path / KEY),
        (tmp_path / CERT, tmp_path / CA_KEY),
        (tmp_path / "no", tmp_path / KEY),
    ):
        with pytest.raises(SettingsError) as caught:
            make_context(*pair)
        assert caught.value.code == "settings.certificate"


async def test_a_renewed_certificate_is_taken_for_new_connections(tmp_path: Path) -> None:
    ensure(tmp_path, ADDRESSES, NAMES)
    settings = Settings(data=tmp_path, tls_cert=tmp_path / CERT, tls_key=tmp_path / KEY)
    context = make_context(settings.tls_cert, settings.tls_key)

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    client = ssl.create_default_context(cafile=str(tmp_path / CA_CERT))

    async def serial() -> int:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname="localhost")
        found = x509.load_der_x509_certificate(writer.get_extra_info("ssl_object").getpeercert(True))
        writer.close()
        return found.serial_number

    task = asyncio.create_task(reload_for_ever(context, settings, every=0.02))
    try:
        before = await serial()
        (tmp_path / CERT).write_text("half written")
        await asyncio.sleep(0.1)
        assert await serial() == before, "a half-written pair must not spoil the one in use"
        ensure(tmp_path, ADDRESSES, NAMES)
        async with asyncio.timeout(5):
            while await serial() == before:
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        server.close()


def test_lan_settings(tmp_path: Path) -> None:
    made = lan.prepare(Settings(data=tmp_path))
    assert made.tls and made.http.host == "0.0.0.0" and made.url.startswith("https://")
    assert authority.is_ours(made) and (tmp_path / "tls" / CA_CERT).exists()
    words = lan.instructions(made)
    for device in ("Windows", "Android", "iOS", "Linux", "/ca.crt"):
        assert device in words
    assert authority.fingerprint(tmp_path / "tls") in words


def test_lan_keeps_an_own_certificate_and_address(tmp_path: Path) -> None:
    ensure(tmp_path / "own", ADDRESSES, NAMES)
    from server.settings_values import Address

    own = Settings(
        data=tmp_path,
        tls_cert=tmp_path / "own" / CERT,
        tls_key=tmp_path / "own" / KEY,
        http=Address("192.168.1.10", 8443),
        public_url="https://sabak.kg",
    )
    assert lan.prepare(own) == own and lan.instructions(own) == ""
