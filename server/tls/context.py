"""The TLS context of the server, and reading its certificate again when the files change.

Flows in: paths of a PEM chain and key. Flows out: an `ssl.SSLContext` for TLS 1.2 and 1.3. A renewed
certificate is taken for new connections within a minute; classes that run stay connected.
"""

import asyncio
import logging
import ssl
from pathlib import Path

from server.errors import SettingsError
from server.settings import Settings
from server.tls import authority

log = logging.getLogger(__name__)

LOOK = 60.0
"""Seconds between looks at the files."""


def make_context(cert: Path | None, key: Path | None) -> ssl.SSLContext:
    """A server's context.

    Raises:
        SettingsError: `settings.certificate`: the files do not hold a certificate and its key.
    """
    if cert is None or key is None:
        raise SettingsError("settings.certificate", "tls_cert and tls_key are both needed for HTTPS.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.set_alpn_protocols(["http/1.1"])
    _load(context, cert, key)
    return context


def _load(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    def no_password() -> str:
        raise SettingsError("settings.certificate", f"{key} has a password; give a key without one.")

    try:
        context.load_cert_chain(cert, key, password=no_password)
    except ssl.SSLError as error:
        raise SettingsError(
            "settings.certificate", f"{cert} and {key} are no certificate with its key: {error.reason}."
        ) from None
    except OSError as error:
        raise SettingsError(
            "settings.certificate", f"Cannot read {cert} or {key}: {error.strerror}."
        ) from None


async def reload_for_ever(context: ssl.SSLContext, settings: Settings, every: float = LOOK) -> None:
    """Renew what our own authority made, and read changed files again. Never ends by itself."""
    cert, key = settings.tls_cert, settings.tls_key
    assert cert is not None and key is not None
    seen = _times(cert, key)
    while True:
        await asyncio.sleep(every)
        try:
            if authority.is_ours(settings):
                await asyncio.to_thread(authority.ensure, settings.data / authority.FOLDER)
            now = _times(cert, key)
            if now != seen:
                # a trial first: a half-written pair must not spoil the context in use
                make_context(cert, key)
                _load(context, cert, key)
                seen = now
                log.info("the certificate was read again")
        except (SettingsError, OSError) as error:
            log.error("the certificate could not be read again; the old one stays: %s", error)


def _times(*paths: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
