"""The small demo university: a folder with people, a timetable and a lesson that is on now.

`ensure_demo` is what the command line calls; `fill` writes into an empty house.
"""

from server.demo.ensure import Outcome, ensure_demo, fill
from server.demo.tell import describe

__all__ = ["Outcome", "describe", "ensure_demo", "fill"]
