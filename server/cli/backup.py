"""`sabak backup`: copy everything that must be kept into a folder, while the server runs."""

import argparse
from pathlib import Path

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("backup", help="make a backup, also while Sabak runs", description=__doc__)
    parser.add_argument("target", type=Path, metavar="TARGET", help="a new or empty folder")
    parser.add_argument(
        "--with-keys",
        action="store_true",
        help="take keys and certificates along; keep such a backup locked up",
    )
    parser.add_argument(
        "--since",
        type=Path,
        metavar="BACKUP",
        help="an earlier backup on that disk: what is the same is linked",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.backup.make import make

    settings = settings_of(arguments)
    made = asyncio.run(make(settings, arguments.target, keys=arguments.with_keys, since=arguments.since))
    found = made.manifest
    print(f"{len(found.files)} files, {found.bytes} bytes are in {arguments.target}, and verified.")
    if made.linked:
        print(f"{made.linked} of them are the same as in {arguments.since}.")
    for file in found.files:
        if file.cut:
            print(f"{file.path} grows; {file.cut} bytes behind its last whole frame are left out.")
    for name in made.missing:
        print(f"WARNING: the trace has {name}, and it is not on the disk.")
    for name in made.differing:
        print(f"WARNING: {name} is not what the trace says: it was changed or is damaged.")
    if not found.keys:
        print("Keys and certificates are not in it (--with-keys).")
    print(f"Trace {found.head}")
    print(f"Manifest {made.sha256}")
    return 1 if made.missing or made.differing else 0
