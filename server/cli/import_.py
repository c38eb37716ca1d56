"""`sabak import`: bring groups, accounts, disciplines or the timetable from a CSV file.

Also beside a running server, where the import shows on the page as well. The file is tried out first; rows
with errors are printed, and nothing is written while there are any, unless --skip-errors.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli import Subparsers, settings_of

if TYPE_CHECKING:
    from server.house import House
    from server.imports.desk import ImportDesk
    from server.imports.tables import ImportRow

ACTOR = "system"
"""Who did it, in the trace: somebody with access to the machine."""

LOOK = 0.3
"""Seconds between two looks at how far it is."""


def register(subparsers: Subparsers) -> None:
    from server.imports.fields import KINDS

    parser = subparsers.add_parser("import", help="bring data from a CSV file", description=__doc__)
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--mapping", default="", metavar="NAME", help="columns kept under this name")
    parser.add_argument("--dry-run", action="store_true", help="try it out and write nothing")
    parser.add_argument("--skip-errors", action="store_true", help="leave out rows with errors")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.app import open_house
    from server.errors import ApiError, ServerError
    from server.web.catalogue import sentence

    async def inside() -> int:
        rooms = ("server.people.room", "server.plan.room", "server.imports.room")
        async with open_house(settings_of(arguments), rooms) as house:
            return await bring(house, arguments)

    try:
        return asyncio.run(inside())
    except ApiError as error:
        raise ServerError(error.code, sentence(error.code, "en")) from None


async def bring(house: "House", arguments: argparse.Namespace) -> int:
    """The three steps of the page: send, try out, write."""
    from server.errors import ServerError
    from server.imports.desk import ImportDesk
    from server.imports.fields import missing

    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise ServerError("import.file", f"Cannot read {arguments.file}: {error.strerror}.") from None
    desk = house.part(ImportDesk)
    row = await desk.upload(ACTOR, arguments.kind, arguments.file.name, data, arguments.mapping)
    lacking = missing(arguments.kind, row.mapping)
    if lacking:
        raise ServerError(
            "import.mapping",
            f"No column was found for {', '.join(lacking)}; the file has: "
            f"{', '.join(row.preview['headings'])}. Rename them, or keep a mapping on the page.",
        )
    row = await desk.check(None, row.id, row.mapping)
    report = _told(row)
    if arguments.dry_run:
        return 1 if report["errors"] else 0
    if report["errors"] and not arguments.skip_errors:
        print("Nothing was written.", file=sys.stderr)
        return 1
    await desk.apply(None, row.id, arguments.skip_errors)
    row = await _followed(desk, row.id)
    if row.state != "done":
        raise ServerError(row.problem or "import.state", f"The import has not been finished: {row.state}.")
    print("Done.")
    return 0


def _told(row: "ImportRow") -> dict[str, int]:
    """Print what the dry run found."""
    from server.web.catalogue import sentence

    assert row.report is not None
    for word, kind in (("error", "problems"), ("warning", "notes")):
        for each in row.report[kind]:
            place = f"row {each['row']}" + (f", {each['column']}" if each["column"] else "")
            value = f" ({each['value']})" if each["value"] else ""
            print(f"{word}: {place}{value}: {sentence(each['code'], 'en')} [{each['code']}]")
    names = ("rows", "new", "changed", "unchanged", "errors", "warnings")
    print(", ".join(f"{name}: {row.report[name]}" for name in names))
    return {name: int(row.report[name]) for name in names}


async def _followed(desk: "ImportDesk", key: str) -> "ImportRow":
    """The import when it has ended; says on the way how far it is."""
    import asyncio

    waiting = asyncio.ensure_future(desk.wait(key))
    while not waiting.done():
        await asyncio.wait([waiting], timeout=LOOK)
        row = await desk.get(key)
        print(f"\r{row.done} of {row.total} rows", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return await desk.get(key)
