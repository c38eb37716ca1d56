"""What holds for every test: hypothesis measures no wall time; it tries the same examples in each short
run, so that a change is judged and not the dice, and new ones, many more, in the long forms."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SOAK = bool(os.environ.get("SOAK"))

# a busy machine is slow, not wrong
settings.register_profile(
    "short", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "soak", parent=settings.get_profile("short"), derandomize=False, max_examples=20_000
)
settings.load_profile("soak" if SOAK else "short")

# hundreds of houses are built and left; looking for their remains all the time costs a tenth of the run
gc.freeze()
gc.set_threshold(50_000, 20, 50)

CLASSES = ("e2e", "net")
"""Folders of scenarios with classes in real browsers and of measured networks."""


SERVERS = {"campus", "court", "hall", "house", "nothing_left", "office", "site"}
"""Fixtures of tests/server in which a whole server runs: what uses one is no unit test."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Classes have the machine to themselves; scenarios of pages alone share it. A test with a whole server
    under it is known by its fixtures."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in CLASSES and item.get_closest_marker("pages") is None:
            item.add_marker("alone")
        if folder == "server" and SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("served")
