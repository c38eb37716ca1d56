"""Every report by name: what makes it, and by what it can be viewed."""

from collections.abc import Mapping

import msgspec

from server.reports import journals, log, share, summary, teachers
from server.reports.ask import Build, View


class Report(msgspec.Struct, frozen=True):
    """`based`: it can be asked on either base of R8; `marks`: it needs the marks of attendance;
    `log`: what was said about lessons."""

    build: Build
    views: tuple[View, ...] = ()
    based: bool = False
    marks: bool = False
    log: bool = False


REPORTS: Mapping[str, Report] = {
    "share": Report(share.build, ("group", "discipline", "teacher"), based=True),
    "attendance": Report(journals.attendance, marks=True),
    "journals": Report(journals.missing, marks=True),
    "punctuality": Report(teachers.punctuality),
    "load": Report(teachers.load),
    "log": Report(log.build, log=True),
    "exams": Report(journals.exams, marks=True),
    "summary": Report(summary.build, marks=True),
}
