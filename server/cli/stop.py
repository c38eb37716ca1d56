"""`sabak stop`: stop Sabak, its children too, wherever it was started."""

import argparse

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("stop", help="stop Sabak", description=__doc__)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from server.supervisor.control import run_stop

    children = run_stop(settings_of(arguments))
    print(f"Sabak is stopped ({children} processes).")
    return 0
