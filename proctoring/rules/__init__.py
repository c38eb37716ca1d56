"""From conditions to flags. Pure: session time is an argument, nothing here knows a clock or a stream."""

from proctoring.rules.tracker import Tracker
from proctoring.rules.watch import Flag, Watch

__all__ = ["Flag", "Tracker", "Watch"]
