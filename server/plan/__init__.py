"""The plan: faculties to lessons, who belongs where and when, and what is on today.

In flow the education office's changes (over HTTP, import or the demo), each written through the
trace. Out flow lessons, rosters and the relation of a person to a lesson, group or faculty. The
running class lives in `server.live`; the plan learns of it from the trace alone.
"""
