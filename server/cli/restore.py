"""`sabak restore`: bring a backup back into an empty data folder."""

import argparse
from pathlib import Path

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "restore", help="restore a backup into an empty folder", description=__doc__
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the folder that sabak backup wrote")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.backup.restore import restore

    settings = settings_of(arguments)
    found = asyncio.run(restore(settings, arguments.source))
    print(f"{len(found.files)} files of {found.made} are in {settings.data}; the trace is good.")
    print(f"Trace {found.head}")
    if not found.keys:
        print("Keys were not in it: links to recordings that were handed out do not work any more.")
    print("Records whose term has ended since then are here again: `sabak retention run` removes them.")
    return 0
