"""The append-only trace: what happened, in order, in a chain that shows every change.

`Trace.record` appends, `Trace.read` and `Trace.subscribe` hand out; projections are the tables that
follow from it. docs/trace.md describes the chain to people outside.
"""

from server.trace.chain import Entry, Recorded
from server.trace.log import Trace
from server.trace.projections import Projection

__all__ = ["Entry", "Projection", "Recorded", "Trace"]
