"""Session time: steady over steps of the wall clock, over restarts, and fast for demonstrations."""

from datetime import UTC, datetime

from server.clock import Anchor, Clock, as_datetime
from server.store import Store
from server.trace import Trace
from server.trace.log import last_anchor


class Machine:
    """A machine whose clocks are set by hand; microseconds."""

    def __init__(self) -> None:
        self.mono, self.wall = 5_000_000, 1_900_000_000_000_000

    def clock(self, previous: Anchor | None = None, boot: str = "b1", speed: float = 1.0) -> Clock:
        return Clock.start(previous, speed=speed, mono=lambda: self.mono, wall=lambda: self.wall, boot=boot)

    def pass_(self, microseconds: int) -> None:
        self.mono += microseconds
        self.wall += microseconds


def test_a_step_of_the_wall_clock_moves_nothing() -> None:
    machine = Machine()
    clock = machine.clock()
    begun = clock.now()
    assert begun == machine.wall
    machine.pass_(1_000_000)
    machine.wall += 3_600_000_000
    assert clock.now() == begun + 1_000_000


def test_a_restart_goes_on_with_the_same_offset() -> None:
    machine = Machine()
    before = machine.clock()
    machine.pass_(7_000_000)
    machine.wall += 900_000  # NTP at work
    after = machine.clock(before.anchor)
    assert after.now() == before.now()


def test_a_new_boot_or_a_clock_that_was_set_is_a_new_anchor() -> None:
    machine = Machine()
    before = machine.clock()
    machine.mono = 100
    assert machine.clock(before.anchor, boot="b2").now() == machine.wall
    assert machine.clock(before.anchor, boot="").now() == machine.wall
    machine = Machine()
    machine.wall += 2_000_000
    assert machine.clock(before.anchor).now() == machine.wall


def test_the_demo_clock_runs_fast_from_its_start_and_goes_on_after_a_restart() -> None:
    machine = Machine()
    clock = machine.clock(speed=60)
    begun = clock.now()
    assert begun == machine.wall
    machine.pass_(1_000_000)
    assert clock.now() == begun + 60_000_000
    assert machine.clock(clock.anchor, speed=60).now() == clock.now()
    assert machine.clock(clock.anchor, speed=1).now() == machine.wall


def test_times_are_utc() -> None:
    assert as_datetime(1_500_001) == datetime(1970, 1, 1, 0, 0, 1, 500_001, UTC)


async def test_the_anchor_is_in_the_trace_and_found_there(store: Store) -> None:
    assert await last_anchor(store) is None
    async with await Trace.open(store) as trace:
        started = await trace.announce("1.0")
        assert started.entry.time == started.data["offset"] + started.entry.mono
        anchor = trace.clock.anchor
    assert await last_anchor(store) == anchor
    async with await Trace.open(store) as trace:
        assert trace.clock.anchor == anchor
