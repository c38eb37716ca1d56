"""`sabak serve`: run the house until Ctrl-C or SIGTERM."""

import argparse
from pathlib import Path

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("serve", help="run Sabak", description=__doc__)
    # how a server that lost its supervisor starts another (server.supervisor.guardian)
    parser.add_argument("--restore", type=Path, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio
    import signal

    from media.child import set_up_logging
    from server.settings import restore_file
    from server.supervisor.supervisor import Supervisor

    settings = restore_file(arguments.restore) if arguments.restore else settings_of(arguments)
    set_up_logging("supervisor", settings.log_level)

    async def serve() -> None:
        supervisor = Supervisor(
            settings, on_ready=lambda: print(f"Sabak is ready: {settings.url}", flush=True)
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, supervisor.stop)
        await supervisor.run()

    asyncio.run(serve())
    return 0
