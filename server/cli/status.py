"""`sabak status`: which processes run. Exit status 0 when all do and the server answers, else 1."""

import argparse
import json

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("status", help="say which processes run", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from server.supervisor.control import is_healthy, run_status

    found = run_status(settings_of(arguments))
    if arguments.json:
        print(json.dumps(found))
    else:
        print(f"{'ready' if found['ready'] else 'NOT ready'}: {found['url']}")
        for name, process in {"supervisor": found["supervisor"], **found["children"]}.items():
            words = f"pid {process['pid']}, up {process['age']:.0f} s" if process else "NOT running"
            print(f"  {name:<12}{words}")
    return 0 if is_healthy(found) else 1
