"""The `sabak` command: one module of this package a subcommand.

A module that offers `register(subparsers)` is a subcommand of its own name (without the underscore that
ends the name of one which Python keeps for itself, `import_`): it adds a parser, sets
`run` on it (`set_defaults(run=function)`), and `function(arguments)` returns the exit status. Modules
import what they need inside their functions, so that `sabak --help` is quick. `settings_of(arguments)`
reads the settings. A `ServerError` becomes one line on stderr with its code.
"""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from server.errors import CONFIGURATION_EXIT, ServerError, SettingsError, StoreError, SupervisorError

if TYPE_CHECKING:
    from server.settings import Settings

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = object


class Command(Protocol):
    def register(self, subparsers: Subparsers) -> None: ...


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings that the command line, the environment and the file give."""
    from server.settings import load

    return load(arguments.settings)


def parser(only: str = "") -> argparse.ArgumentParser:
    """The whole parser, or with the subcommand `only` alone, which imports no other."""
    made = argparse.ArgumentParser(
        prog="sabak", description="Live university classes and proctored exams on your own machine."
    )
    made.add_argument(
        "--settings", type=Path, metavar="FILE", help="settings file (default: ./sabak.toml if there)"
    )
    subparsers = made.add_subparsers(required=True, metavar="COMMAND")
    for name in [only] if only else names():
        importlib.import_module(f"server.cli.{names()[name]}").register(subparsers)
    return made


def names() -> dict[str, str]:
    """The subcommands there are, and the module of each."""
    modules = [each.name for each in pkgutil.iter_modules(__path__)]
    return {name.rstrip("_"): name for name in modules if not name.startswith("_")}


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    first = given[2] if len(given) > 2 and given[0] == "--settings" else given[0] if given else ""
    chosen = parser(first if first in names() else "").parse_args(given)
    try:
        return int(chosen.run(chosen))
    except ServerError as error:
        print(f"sabak: {error.message} [{error.code}]", file=sys.stderr)
        configuration = isinstance(error, SettingsError | StoreError | SupervisorError)
        return CONFIGURATION_EXIT if configuration else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `sabak ... | head`
        sys.stderr.close()
        return 1
