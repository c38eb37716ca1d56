"""`sabak mail`: try the mail server of the settings."""

import argparse

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("mail", help="try the mail server", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    test = actions.add_parser("test", help="send a test mail and say what the mail server answered")
    test.add_argument("address", help="where to, such as you@example.kg")
    test.add_argument("--language", choices=("ky", "ru", "en"), default="ky")
    test.set_defaults(run=run_test)


def run_test(arguments: argparse.Namespace) -> int:
    import asyncio
    from datetime import UTC, datetime

    from server.errors import ServerError, SettingsError
    from server.ids import new_id
    from server.notices.letter import build, is_address
    from server.notices.smtp import connected
    from server.notices.words import say

    settings = settings_of(arguments)
    if not settings.smtp_host:
        raise SettingsError("settings.value", "smtp_host is empty: no mail is sent. docs/operate.md, Mail.")
    if not is_address(arguments.address):
        raise ServerError("mail.address", f"{arguments.address!r} is no mail address.")
    message = build(
        sender=settings.smtp_from,
        recipient=arguments.address,
        subject=say("mail.test.subject", arguments.language, {}, settings.time_zone),
        text=say("mail.test.text", arguments.language, {}, settings.time_zone),
        language=arguments.language,
        key=f"test.{new_id()}",
        at=datetime.now(UTC),
    )

    async def send() -> None:
        async with connected(settings) as line:
            await line.hand_over(message, arguments.address)

    where = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
    print(f"Handing a test mail to {where} ...")
    asyncio.run(send())
    print(f"{where} has taken it. Look into the mailbox of {arguments.address}, spam too.")
    return 0
