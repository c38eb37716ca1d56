"""`sabak bench growth`: the first scene of `sabak bench fanout` for 10, 50, 100 and 300 viewers.

CPU per forwarded packet beside a bare `sendto`, CPU per viewer, added delay, memory and join time: what
they do as a class grows. All are measured as `fanout` says.
"""

import argparse
import asyncio
import json
import sys

from tests.bench.fanout import growth
from tests.bench.kit.machine import describe


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--viewers", type=int, action="append", help="repeatable; 10 50 100 300")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of one round")
    parser.add_argument("--short", action="store_true", help="few viewers, one short round: does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    numbers = chosen.viewers or ([4] if chosen.short else [10, 50, 100, 300])
    rounds = chosen.rounds or (1 if chosen.short else 3)
    seconds = chosen.seconds or (1.0 if chosen.short else 4.0)
    found = {
        "growth": asyncio.run(growth(tuple(numbers), rounds, seconds, short=chosen.short)),
        "machine": describe(),
    }
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
