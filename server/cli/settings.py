"""`sabak settings`: the commented sample, and the check of what is set."""

import argparse

from server.cli import Subparsers, settings_of


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("settings", help="show and check settings", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    sample = actions.add_parser("sample", help="print a commented settings file")
    sample.set_defaults(run=print_sample)
    check = actions.add_parser("check", help="read the settings and say what is wrong")
    check.set_defaults(run=print_check)


def print_sample(_arguments: argparse.Namespace) -> int:
    from server.settings import sample

    print(sample(), end="")
    return 0


def print_check(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    print(f"The settings are good. Data folder {settings.data}, address {settings.url}.")
    return 0
