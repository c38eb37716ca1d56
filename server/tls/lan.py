"""`make run LAN=1`: the settings for HTTPS on the local network, and how people's devices learn to trust it.

Flows in: settings. Flows out: settings with the authority's certificate and an address that others
reach, and the words to print.
"""

import dataclasses
from ipaddress import ip_address

from server.settings import Settings
from server.settings_values import Address
from server.tls import authority

EVERYWHERE = "0.0.0.0"  # noqa: S104 - serving the local network is what was asked for


def prepare(settings: Settings) -> Settings:
    """Make or renew the certificates and point the settings at them; an own certificate is kept.

    Raises:
        SettingsError: `settings.certificate`.
    """
    if not settings.tls:
        folder = settings.data / authority.FOLDER
        authority.ensure(folder)
        settings = dataclasses.replace(
            settings, tls_cert=folder / authority.CERT, tls_key=folder / authority.KEY
        )
    http = settings.http
    if _is_loopback(http.host):
        http = Address(EVERYWHERE, http.port)
    public = settings.public_url
    if not public:
        host = http.host if http.host not in (EVERYWHERE, "::") else best_address()
        public = f"https://{Address(host, http.port)}"
    return dataclasses.replace(settings, http=http, public_url=public)


def best_address() -> str:
    """The address that a neighbour in the LAN would most likely type."""
    found = [a for a in authority.local_addresses() if a.version == 4 and not a.is_loopback]
    found.sort(key=lambda address: (not address.is_private, int(address)))
    return str(found[0]) if found else "127.0.0.1"


def instructions(settings: Settings) -> str:
    """How to trust the authority on each kind of device, for the terminal."""
    if not authority.is_ours(settings):
        return ""
    url = settings.url
    return f"""
Other devices of this network open {url}
They must trust this house's authority once. Its certificate: {url}/ca.crt
SHA-256 fingerprint, to compare: {authority.fingerprint(settings.data / authority.FOLDER)}

  Windows   open ca.crt > Install Certificate > Local Machine > Trusted Root Certification Authorities
  Android   Settings > Security > Encryption & credentials > Install a certificate > CA certificate
  iOS       open ca.crt in Safari > Settings > Profile Downloaded > Install, then
            Settings > General > About > Certificate Trust Settings > switch it on
  Linux     Chromium: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Sabak -i ca.crt
            Firefox: Settings > Privacy & Security > View Certificates > Authorities > Import
  macOS     open ca.crt, then in Keychain Access set it to Always Trust
"""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
