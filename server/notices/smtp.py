"""One conversation with the university's mail server (RFC 5321): connect, hand letters over, leave.

Flows in: the settings and messages. Flows out: nothing for a letter that was taken, else `Refusal`, which
says whose fault it is: the letter's, for good or for now, or the server's, which then concerns every letter.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

from server.errors import ServerError
from server.settings import Settings

ANSWER = 30.0
"""Seconds for one answer of the mail server."""

WHOLE = 120.0
"""Seconds for a letter altogether: a server that answers a byte a minute is no server."""

Fault = Literal["letter", "later", "server"]
"""letter: refused for good; later: refused for now; server: it cannot be reached or used."""


class Refusal(ServerError):
    """`mail.refused`, `mail.later`, `mail.unreachable`; the message is the mail server's own word, short."""

    def __init__(self, fault: Fault, message: str) -> None:
        code = {"letter": "mail.refused", "later": "mail.later", "server": "mail.unreachable"}[fault]
        super().__init__(code, " ".join(message.split())[:200])
        self.fault = fault


class Line:
    """An open connection."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def hand_over(self, message: EmailMessage, recipient: str) -> None:
        """Give one letter to the server.

        Raises:
            Refusal: it was not taken.
        """
        try:
            async with asyncio.timeout(WHOLE):
                await self._client.sendmail(self._sender, [recipient], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0] if error.recipients else error) from None
        except Exception as error:
            raise _refused(error) from None


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Line]:
    """A connection, logged in.

    Raises:
        Refusal: with fault ``server``.
    """
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        tls_context=_trust(settings),
        local_hostname=settings.smtp_from.rpartition("@")[2],  # else it asks the name server for ours
        timeout=ANSWER,
    )
    try:
        async with asyncio.timeout(WHOLE):
            await client.connect()
            if settings.smtp_user:
                await client.login(settings.smtp_user, settings.smtp_password)
    except Exception as error:
        client.close()
        raise Refusal("server", _words(error)) from None
    try:
        yield Line(client, settings.smtp_from)
    finally:
        try:
            async with asyncio.timeout(2.0):
                await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()


def _trust(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp_security == "none":
        return None
    return ssl.create_default_context(cafile=str(settings.smtp_ca) if settings.smtp_ca else None)


def _refused(error: Exception) -> Refusal:
    """Whose fault it is. 5xx to a letter is for good (RFC 5321, 4.2.1), but not where the server refuses
    the sender or the log-in: that is ours to mend, and the letter is innocent."""
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        return Refusal("letter" if error.code >= 500 else "later", _words(error))
    if isinstance(error, UnicodeError | ValueError):
        return Refusal("letter", _words(error))
    return Refusal("server", _words(error))


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
