"""`sabak bench NAME`: run a measurement of tests/bench, or `all` of them. Needs a source checkout."""

import argparse
from pathlib import Path

from server.cli import Subparsers
from server.errors import ServerError

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "bench"


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("bench", help="measure", description=__doc__)
    parser.add_argument("name", help="the measurement, such as trace, or all")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="its own arguments, such as --json or --short")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import runpy
    import sys

    known = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith(("_", "test_")))
    if arguments.name not in known:
        words = ", ".join(known) or "none here: it needs a source checkout"
        raise ServerError("bench.unknown", f"No measurement {arguments.name!r}. There is: {words}.")
    sys.argv = [f"sabak bench {arguments.name}", *arguments.rest]
    sys.path.insert(0, str(FOLDER.parents[1]))
    main = runpy.run_path(str(FOLDER / f"{arguments.name}.py"))["main"]
    return int(main(arguments.rest) or 0)
