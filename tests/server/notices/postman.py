"""A real SMTP server (aiosmtpd) on a free port of the loopback, that can be told to misbehave."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Postman:
    """`answers`: what is said to the next letters, ``""`` for taken; `slow`: seconds before each answer;
    `cut`: the connection is closed in the middle of so many letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.connections = 0
        self.answers: list[str] = []
        self.slow = 0.0
        self.cut = 0
        self.port = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.cut:
            self.cut -= 1
            server.transport.abort()
            return "421 gone"
        answer = self.answers.pop(0) if self.answers else ""
        if answer:
            return answer
        found = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(found, EmailMessage)
        self.letters.append(found)
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@asynccontextmanager
async def postman(*, password: str = "", tls: Any = None) -> AsyncIterator[Postman]:
    """The server, ready; with a `password` it wants a log-in."""
    office = Postman()

    def log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        office.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == password, handled=False)

    def make() -> SMTP:
        return SMTP(
            office, hostname="mail.test", enable_SMTPUTF8=False, auth_required=bool(password),
            auth_require_tls=bool(tls), authenticator=log_in if password else None, tls_context=tls,
            require_starttls=bool(tls),
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
