"""`sabak models`: which files of vision models are there; fetch those that are missing."""

import argparse
import sys
from pathlib import Path

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("models", help="files of vision models", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    shown = actions.add_parser("list", help="which are there")
    shown.set_defaults(run=run_list)
    fetch = actions.add_parser("fetch", help="get those that are missing, checked by their SHA-256")
    fetch.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="from a folder, no network")
    fetch.set_defaults(run=run_fetch)


def run_list(arguments: argparse.Namespace) -> int:
    from server.models.catalogue import MODELS, present

    there = present(settings_of(arguments))
    for model in MODELS:
        print(f"{model.name:12} {'there' if model.name in there else 'missing':8} {model.what}")
    return 0


def run_fetch(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.errors import ServerError
    from server.models.catalogue import MODELS, folder, present
    from server.models.fetch import from_address, from_folder

    settings = settings_of(arguments)
    target, there, failed = folder(settings), present(settings), 0
    for model in MODELS:
        if model.name in there:
            print(f"{model.name}: there already")
            continue
        source: Path | None = arguments.source
        bring = from_address(model, target) if source is None else from_folder(model, source, target)
        try:
            asyncio.run(bring)
            print(f"{model.name}: fetched")
        except ServerError as error:
            failed += 1
            print(f"{model.name}: {error.message} [{error.code}]", file=sys.stderr)
    return 1 if failed else 0
