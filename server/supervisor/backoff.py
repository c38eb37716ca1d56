"""How long to wait before a dead child is started again. Pure: `alive` is an argument."""

FIRST = 0.1
"""Seconds. A child that died once is wanted back before anybody notices."""

MOST = 10.0
STEADY = 30.0
"""Seconds alive after which earlier deaths are forgotten."""


class Backoff:
    """One child's: 0.1 s, doubling to 10 s while it dies again and again."""

    def __init__(self) -> None:
        self.deaths = 0

    def died(self, alive: float) -> float:
        """Seconds to wait after the child lived for `alive` seconds."""
        if alive >= STEADY:
            self.deaths = 0
        self.deaths += 1
        return float(min(MOST, FIRST * 2 ** min(self.deaths - 1, 16)))
