"""The plan's projections, as `server.trace.registry` looks for them."""

from server.plan.state import LessonStates

PROJECTIONS = (LessonStates(),)
