"""`sabak demo`: fill an empty data folder with a small university to try Sabak with."""

import argparse

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "demo", help="fill an empty data folder with a small university", description=__doc__
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.demo import describe, ensure_demo

    print(describe(asyncio.run(ensure_demo(settings_of(arguments)))), flush=True)
    return 0
