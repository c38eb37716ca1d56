"""`sabak bench all`: every measurement, one after the other, as one JSON object by name.

Each runs in a process of its own, so that none finds another's memory or sockets. `--short` asks each
for its short form. `exit` is 0 where a measurement is content with its own figures; this program fails
only when one of them printed none. The measurements are the programs of this folder.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LIMIT = 3600
"""Seconds for one measurement."""

SHORT = {"trace": ["--seconds", "1", "--entries", "20000"]}
"""How a measurement without `--short` is asked to be quick."""


def measurements() -> list[str]:
    files = [path.stem for path in HERE.glob("*.py") if not path.stem.startswith("test_")]
    return sorted(name for name in files if name != Path(__file__).stem)


def run(name: str, short: bool) -> dict[str, Any]:
    """One measurement; what it printed, or how it failed."""
    how = SHORT.get(name, ["--short"]) if short else []
    command = [sys.executable, "-m", "server.cli", "bench", name, "--json", *how]
    begun = time.monotonic()
    done = subprocess.run(
        command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        found = {"failed": True}
    return {**found, "exit": done.returncode, "took_seconds": round(time.monotonic() - begun, 1)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--short", action="store_true", help="does each of them run?")
    parser.add_argument("--only", action="append", choices=measurements(), help="repeatable")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    found: dict[str, Any] = {}
    for name in chosen.only or measurements():
        print(f"all: {name} ...", file=sys.stderr, flush=True)
        found[name] = run(name, chosen.short)
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return int(any("failed" in one for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
