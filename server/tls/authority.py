"""The local authority for a LAN: makes its own certificate and the server's, and renews the latter.

Flows in: a folder. Flows out: ``ca.crt`` (to be trusted by people's devices), ``server.crt`` (the chain)
and ``server.key``. Browsers give cameras only to HTTPS, and no public authority signs 192.168.1.10; so
each house has an authority of its own. Its key signs nothing but names and addresses of private
networks (RFC 5280, 4.2.1.10): if it is stolen, it cannot speak for a bank.
"""

import contextlib
import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.errors import SettingsError
from server.settings import Settings

FOLDER = "tls"
CA_CERT, CA_KEY = "ca.crt", "ca.key"
CERT, KEY = "server.crt", "server.key"

CA_DAYS = 3650
DAYS = 397
"""Browsers refuse more than 398 days (Apple, 825 for own authorities; the stricter holds everywhere)."""
RENEW_DAYS = 30

Address = IPv4Address | IPv6Address

PERMITTED = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
"""Private, shared, link-local and loopback networks; the machine's other addresses are added."""


def local_addresses() -> list[Address]:
    """Every address of this machine, without those that are only good with a zone (``fe80::1%eth0``)."""
    found: set[Address] = {ip_address("127.0.0.1"), ip_address("::1")}
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ip_address(text)
            if not address.is_link_local:
                found.add(address)
    return sorted(found, key=lambda address: (address.version, int(address)))


def local_names() -> list[str]:
    """Names by which this machine may be called in the LAN."""
    host = socket.gethostname().split(".")[0].lower()
    plain = "".join(c for c in host if c.isascii() and (c.isalnum() or c == "-")).strip("-")
    return ["localhost", *([plain, f"{plain}.local"] if plain and plain != "localhost" else [])]


def is_ours(settings: Settings) -> bool:
    """Whether the certificate in the settings is the local authority's."""
    return settings.tls_cert == settings.data / FOLDER / CERT


def ensure(
    folder: Path,
    addresses: Sequence[Address] | None = None,
    names: Sequence[str] | None = None,
    now: datetime | None = None,
) -> bool:
    """Make what is missing, renew what ends within 30 days or lacks an address of today.

    Returns whether a new server certificate was made.

    Raises:
        SettingsError: `settings.certificate`: the folder cannot be written or holds something else.
    """
    now = now or datetime.now(UTC)
    addresses = local_addresses() if addresses is None else addresses
    names = local_names() if names is None else names
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ca, ca_key = _authority(folder, addresses, names, now)
        if _is_good(folder, ca, addresses, names, now):
            return False
        key = ec.generate_private_key(ec.SECP256R1())
        cert = _sign(ca, ca_key, key, addresses, names, now)
        chain = cert.public_bytes(serialization.Encoding.PEM) + ca.public_bytes(serialization.Encoding.PEM)
        _write(folder / KEY, _pem(key))
        _write(folder / CERT, chain, mode=0o644)
    except (OSError, ValueError) as error:
        raise SettingsError(
            "settings.certificate", f"Cannot keep the local authority in {folder}: {error}."
        ) from None
    return True


def fingerprint(folder: Path) -> str:
    """SHA-256 of the authority's certificate, to be compared by eye when it is installed."""
    digest = _read_cert(folder / CA_CERT).fingerprint(hashes.SHA256()).hex().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _authority(
    folder: Path, addresses: Sequence[Address], names: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if (folder / CA_CERT).exists() and (folder / CA_KEY).exists():
        cert = _read_cert(folder / CA_CERT)
        if cert.not_valid_after_utc - now > timedelta(days=DAYS):
            return cert, _read_key(folder / CA_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sabak {local_names()[-1]} {now:%Y-%m-%d}")])
    public = [address for address in addresses if not any(address in ip_network(n) for n in PERMITTED)]
    permitted: list[x509.GeneralName] = [x509.IPAddress(ip_network(network)) for network in PERMITTED]
    permitted += [x509.IPAddress(ip_network(address)) for address in public]
    permitted += [x509.DNSName(each) for each in ("localhost", "local", *names)]
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints(list(dict.fromkeys(permitted)), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / CA_KEY, _pem(key))
    _write(folder / CA_CERT, cert.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return cert, key


def _sign(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    addresses: Sequence[Address],
    names: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    subject: list[x509.GeneralName] = [x509.DNSName(name) for name in names if _is_permitted_name(ca, name)]
    subject += [x509.IPAddress(address) for address in addresses if _is_permitted(ca, address)]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sabak")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS - 1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(subject), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )


def _is_good(
    folder: Path, ca: x509.Certificate, addresses: Sequence[Address], names: Sequence[str], now: datetime
) -> bool:
    """Whether the server's certificate still does: ours, not near its end, with today's addresses."""
    try:
        cert = _read_cert(folder / CERT)
        key = _read_key(folder / KEY)
        cert.verify_directly_issued_by(ca)
        found = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # anything unreadable is made anew; it is ours alone
        return False
    wanted = {address for address in addresses if _is_permitted(ca, address)}
    return (
        key.public_key() == cert.public_key()
        and cert.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)
        and wanted <= set(found.get_values_for_type(x509.IPAddress))
        and {name for name in names if _is_permitted_name(ca, name)}
        <= set(found.get_values_for_type(x509.DNSName))
    )


def _is_permitted(ca: x509.Certificate, address: Address) -> bool:
    """A public address that came after the authority was made cannot be signed; such a machine wants
    a real certificate anyway."""
    constraints = ca.extensions.get_extension_for_class(x509.NameConstraints).value
    networks = [
        name.value for name in constraints.permitted_subtrees or [] if isinstance(name, x509.IPAddress)
    ]
    return any(address in network for network in networks)  # type: ignore[operator]


def _is_permitted_name(ca: x509.Certificate, name: str) -> bool:
    """One name outside the authority's bounds would make the whole certificate worthless."""
    constraints = ca.extensions.get_extension_for_class(x509.NameConstraints).value
    bounds = [each.value for each in constraints.permitted_subtrees or [] if isinstance(each, x509.DNSName)]
    return any(name == bound or name.endswith("." + bound) for bound in bounds)


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        key_cert_sign=sign,
        crl_sign=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_cert(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} is not a key of ours")
    return key


def _write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write whole or not at all; private from the first byte."""
    new = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
