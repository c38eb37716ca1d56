"""`sabak attendance replay EVENTS.jsonl`: a session's attendance from a file of events."""

import argparse
import json
from pathlib import Path

from server.cli import Subparsers
from server.errors import ServerError


def register(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("attendance", help="compute attendance from events", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    replay = actions.add_parser("replay", help="everybody's mark (docs/attendance.md has the format)")
    replay.add_argument("events", type=Path, help="one JSON object a line")
    replay.add_argument("--share", type=float, default=75, help="percent of the class that makes present")
    replay.add_argument("--late", type=int, default=5, help="minutes from which on somebody is late")
    replay.add_argument("--json", action="store_true", help="for programs")
    replay.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from server.attendance.replay import Malformed, replay
    from server.attendance.rules import Rules

    try:
        with arguments.events.open(encoding="utf-8") as lines:
            found = replay(lines, Rules(arguments.share / 100, arguments.late))
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError("attendance.file", f"Cannot read {arguments.events}: {error}") from None
    except Malformed as error:
        raise ServerError("attendance.malformed", f"{arguments.events}: {error}") from None
    rows = {
        person: {
            "mark": verdict.mark,
            "seconds": verdict.present / 1e6,
            "share": round(verdict.share, 4),
            "late_by": verdict.late_by / 1e6,
        }
        for person, verdict in found.items()
    }
    if arguments.json:
        print(json.dumps(rows))
    else:
        for person, row in rows.items():
            print(f"{person:24} {row['mark']:8} {row['seconds']:9.1f} s {float(row['share']):7.1%}")
    return 0
