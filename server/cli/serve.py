"""`sabak serve`: run the house until Ctrl-C or SIGTERM."""

import argparse
from pathlib import Path

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("serve", help="run Sabak", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="fill an empty data folder with the demo first")
    parser.add_argument(
        "--lan", action="store_true", help="serve HTTPS on the local network with an authority of our own"
    )
    # how a server that lost its supervisor starts another (server.supervisor.guardian)
    parser.add_argument("--restore", type=Path, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio
    import signal

    from media.child import set_up_logging
    from server.settings import restore_file
    from server.supervisor.supervisor import Supervisor
    from server.tls import lan

    settings = restore_file(arguments.restore) if arguments.restore else settings_of(arguments)
    set_up_logging("supervisor", settings.log_level)
    if arguments.lan:
        settings = lan.prepare(settings)
    if arguments.demo:
        from server.demo import describe, ensure_demo

        print(describe(asyncio.run(ensure_demo(settings))), end="\n\n", flush=True)

    def ready() -> None:
        if arguments.lan:
            print(lan.instructions(settings), end="\n\n")
        print(f"Sabak is ready: {settings.url}", flush=True)

    async def serve() -> None:
        supervisor = Supervisor(settings, on_ready=ready)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, supervisor.stop)
        await supervisor.run()

    asyncio.run(serve())
    return 0
