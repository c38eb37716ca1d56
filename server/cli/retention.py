"""`sabak retention`: remove what is due, and say what goes when."""

import argparse
from datetime import date
from typing import TYPE_CHECKING

from server.cli import Subparsers, settings_of
from server.errors import ServerError

if TYPE_CHECKING:
    from server.retention.plan import Month
    from server.retention.run import Outcome


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "retention", help="remove records whose term is over, say what goes when", description=__doc__
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    run = actions.add_parser("run", help="remove what is due; the server does it by itself every night")
    run.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATE", help="take this day for today (YYYY-MM-DD)"
    )
    run.add_argument("--dry-run", action="store_true", help="count what is due, remove nothing")
    run.add_argument(
        "--sweep", action="store_true", help="write the database anew also when nothing is due (minutes)"
    )
    run.set_defaults(run=run_run)
    calendar = actions.add_parser("calendar", help="what goes in which month")
    calendar.add_argument("--months", type=int, default=12, choices=range(1, 121), metavar="N")
    calendar.set_defaults(run=run_calendar)


def run_run(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.app import open_house
    from server.retention.plan import today
    from server.retention.run import run

    async def work() -> "Outcome":
        async with open_house(settings_of(arguments), ()) as house:
            as_of = arguments.as_of or today(house)
            return await run(
                house, as_of, trigger="hand", dry=arguments.dry_run, vacuum=arguments.sweep or None
            )

    outcome = asyncio.run(work())
    verb = "due" if arguments.dry_run else "removed"
    for name, count in sorted(outcome.counts.items()):
        if count.items or count.held:
            print(
                f"{name}: {count.items} {verb} ({count.files} files, {count.bytes} bytes, "
                f"{count.entries} entries, {count.rows} rows), {count.held} held."
            )
    total = outcome.total
    print(f"As of {outcome.as_of}: {total.items} {verb}, {total.held} held.")
    for problem in outcome.problems:
        print(f"Not removed, due again: {problem}")
    if outcome.problems:
        raise ServerError("retention.incomplete", "Some files could not be removed; see above.")
    return 0


def run_calendar(arguments: argparse.Namespace) -> int:
    import asyncio

    from server.app import open_house
    from server.retention.plan import calendar

    async def work() -> "list[Month]":
        async with open_house(settings_of(arguments), ()) as house:
            return await calendar(house, arguments.months)

    months = asyncio.run(work())
    for row in months:
        held = f", {row.held} of them held" if row.held else ""
        print(f"{row.month:%Y-%m}  {row.kind:18} {row.items:7} items  {row.bytes:14} bytes{held}")
    if not months:
        print(f"Nothing goes in the next {arguments.months} months.")
    return 0
