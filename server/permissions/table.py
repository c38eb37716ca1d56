"""The one table of rights: action -> who, for the whole house (R26). docs/permissions.md is printed from it.

A row says for each role which relation to the object it needs. `IN_SCOPE` means: whatever the
relation, as long as the object lies within the role's scope. What is not written here is denied, also
to an admin: there is no role above the table.
"""

from collections.abc import Iterable, Mapping

import msgspec

from server.permissions.model import RELATIONS, ROLES, STATES, Relation, Role, State

Need = frozenset[Relation]

OWN: Need = frozenset({"own"})
ENROLLED: Need = frozenset({"enrolled"})
ASSIGNED: Need = frozenset({"assigned"})
RUNS: Need = OWN | ASSIGNED
"""The teacher of the lesson or the one who stands in."""
IN_SCOPE: Need = frozenset(RELATIONS)

ATTENDS: Mapping[Role, Need] = {
    "student": ENROLLED,
    "teacher": RUNS,
    "curator": IN_SCOPE,
    "dispatcher": IN_SCOPE,
    "office_head": IN_SCOPE,
    "dean": IN_SCOPE,
    "observer": IN_SCOPE,
    "proctor": ASSIGNED,
    "commission": ASSIGNED,
    "commission_chair": ASSIGNED,
    "secretary": ASSIGNED,
    "guest": ASSIGNED,
}
"""Who may be in a class, and see and hear it."""

ANY_STATE: frozenset[State] = frozenset(STATES)


class Action(msgspec.Struct, frozen=True):
    """One row.

    anyone:   needs no login.
    everyone: every account, whatever its roles; `guests`: guests too.
    system:   the house's own processes.
    settles:  open to an account that is still in one of these states.
    personal: not for programs' tokens: it touches the login itself.
    """

    name: str
    what: str
    who: Mapping[Role, Need] = {}
    anyone: bool = False
    everyone: bool = False
    guests: bool = False
    system: bool = False
    settles: frozenset[State] = frozenset()
    personal: bool = False


def _rows(rows: Iterable[Action]) -> dict[str, Action]:
    table: dict[str, Action] = {}
    for row in rows:
        assert row.name not in table, f"{row.name} stands twice in the table"
        assert set(row.who) <= set(ROLES)
        table[row.name] = row
    return table


_PUBLIC = [
    Action("house.health", "Ask whether the server is alive and ready", anyone=True),
    Action("house.metrics", "Read counters (no personal data)", anyone=True),
    Action("house.describe", "Read the description of the API", anyone=True),
    Action("house.client", "Load the web client and the certificate of the local authority", anyone=True),
    Action("media.describe", "Ask what WHIP and WHEP take, also from pages of other sites", anyone=True),
    Action("login.try", "Log in", anyone=True),
    Action("calendar.read", "Read a calendar by its secret address", anyone=True),
    Action("guest.enter", "Enter by a guest link", anyone=True),
]

_ME = [
    Action("me.read", "See the own account", everyone=True, guests=True, settles=ANY_STATE),
    Action("me.logout", "Log out", everyone=True, guests=True, settles=ANY_STATE),
    Action("me.update", "Choose language and theme", everyone=True, guests=True, settles=ANY_STATE),
    Action(
        "me.password",
        "Change the own password",
        everyone=True,
        personal=True,
        settles=frozenset({"change_password"}),
    ),
    Action(
        "me.otp", "Manage two-factor login", everyone=True, personal=True, settles=frozenset({"enrol_otp"})
    ),
    Action("me.sessions", "List and end the own sessions", everyone=True, personal=True),
    Action("me.calendar", "Make the address of the own calendar", everyone=True, personal=True),
    Action("me.tokens", "Manage the own tokens for programs", everyone=True, personal=True),
    Action(
        "me.notices",
        "Read the own notices, and choose what to hear of",
        everyone=True,
        personal=True,
    ),
    Action(
        "me.consents",
        "Read and accept the texts",
        everyone=True,
        personal=True,
        settles=frozenset({"consent"}),
    ),
]

_PEOPLE = [
    Action(
        "user.search",
        "List and search accounts",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE, "dispatcher": IN_SCOPE, "dean": IN_SCOPE},
    ),
    Action("user.create", "Make accounts", {"admin": IN_SCOPE, "office_head": IN_SCOPE}),
    Action(
        "user.edit", "Change name, login, e-mail of an account", {"admin": IN_SCOPE, "office_head": IN_SCOPE}
    ),
    Action("user.disable", "Disable and enable an account", {"admin": IN_SCOPE, "office_head": IN_SCOPE}),
    Action(
        "user.reset",
        "Give a one-time password and print the slip",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
    Action("user.role", "Give and take roles", {"admin": IN_SCOPE, "office_head": IN_SCOPE}),
]

_PLAN = [
    Action("today.read", "See the own lessons of a day", everyone=True, guests=True),
    Action("unit.read", "See faculties, departments, groups, disciplines", everyone=True),
    Action(
        "unit.create",
        "Make faculties, departments, groups, disciplines",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
    Action("unit.edit", "Change and remove them", {"admin": IN_SCOPE, "office_head": IN_SCOPE}),
    Action(
        "roster.read",
        "See the students of a group",
        {
            "teacher": RUNS,
            "curator": IN_SCOPE,
            "dispatcher": IN_SCOPE,
            "office_head": IN_SCOPE,
            "dean": IN_SCOPE,
            "secretary": IN_SCOPE,
            "admin": IN_SCOPE,
        },
    ),
    Action("roster.edit", "Enrol and remove students", {"admin": IN_SCOPE, "office_head": IN_SCOPE}),
    Action(
        "lesson.read",
        "See a lesson of the plan",
        {**ATTENDS, "admin": IN_SCOPE},
    ),
    Action(
        "lesson.create",
        "Plan a lesson; a teacher for themselves",
        {"dispatcher": IN_SCOPE, "office_head": IN_SCOPE, "admin": IN_SCOPE, "teacher": OWN},
    ),
    Action(
        "lesson.edit",
        "Move, rename, cancel a lesson",
        {"dispatcher": IN_SCOPE, "office_head": IN_SCOPE, "admin": IN_SCOPE, "teacher": OWN},
    ),
    Action(
        "lesson.delete",
        "Remove a lesson from the plan",
        {"dispatcher": IN_SCOPE, "office_head": IN_SCOPE, "admin": IN_SCOPE},
    ),
    Action(
        "timetable.create",
        "Make lessons from the timetable",
        {"dispatcher": IN_SCOPE, "office_head": IN_SCOPE, "admin": IN_SCOPE},
    ),
    Action(
        "lesson.invite",
        "Make and withdraw guest links",
        {"teacher": RUNS, "dispatcher": IN_SCOPE, "office_head": IN_SCOPE},
    ),
]

_CLASS = [
    Action("class.try", "Begin a trial class of one's own", everyone=True),
    Action(
        "lesson.join",
        "Enter the class",
        ATTENDS,
    ),
    Action(
        "lesson.visit",
        "Say why one visits a class without a part in it",
        {
            "curator": IN_SCOPE,
            "dispatcher": IN_SCOPE,
            "office_head": IN_SCOPE,
            "dean": IN_SCOPE,
            "observer": IN_SCOPE,
        },
    ),
    Action("lesson.open", "Open the class", {"teacher": RUNS}),
    Action(
        "lesson.close",
        "Close the class",
        {"teacher": RUNS, "dispatcher": IN_SCOPE, "admin": IN_SCOPE},
    ),
    Action(
        "class.moderate",
        "Keep a class in order: mute, rules, lobby, lock, remove, name a host",
        {"teacher": RUNS},
    ),
    Action("class.groups", "Divide a class into groups, visit them and call them back", {"teacher": RUNS}),
    Action(
        "class.chat",
        "Write in the chat",
        {"student": ENROLLED, "teacher": RUNS, "curator": IN_SCOPE, "guest": ASSIGNED},
    ),
    Action(
        "class.hand",
        "Raise the own hand, react, vote",
        {"student": ENROLLED, "teacher": RUNS, "curator": IN_SCOPE, "guest": ASSIGNED},
    ),
    Action(
        "class.lead",
        "Give the floor, lower hands, remove lines, answer questions, run polls",
        {"teacher": RUNS},
    ),
    Action(
        "class.caption", "Write captions, also from a program; say who else writes them", {"teacher": RUNS}
    ),
    Action(
        "class.together",
        "Say who else sits at the own device, from the lesson's list",
        {"student": ENROLLED, "curator": IN_SCOPE},
    ),
    Action("lesson.talk", "See the questions and polls of a lesson, also after class", ATTENDS),
    Action(
        "media.send.mic",
        "Send sound",
        {"student": ENROLLED, "teacher": RUNS, "curator": IN_SCOPE, "guest": ASSIGNED},
    ),
    Action(
        "media.send.cam",
        "Send the camera",
        {"student": ENROLLED, "teacher": RUNS, "curator": IN_SCOPE, "guest": ASSIGNED},
    ),
    Action(
        "media.send.screen", "Share the screen", {"student": ENROLLED, "teacher": RUNS, "guest": ASSIGNED}
    ),
    Action("lesson.ingest", "Make and withdraw the own token for an encoder", {"teacher": RUNS}),
    Action("media.whip", "Send sound and picture by WHIP (an encoder such as OBS)", {"teacher": RUNS}),
    Action(
        "media.whep",
        "Receive the stage and its sound by WHEP (a player)",
        ATTENDS,
    ),
    Action(
        "media.receive",
        "Receive sound and pictures",
        ATTENDS,
    ),
    Action("slides.see", "See the slides that were shown in a lesson", {**ATTENDS, "admin": IN_SCOPE}),
    Action("slides.show", "Upload slides of a lesson, turn their pages, clear them", {"teacher": RUNS}),
    Action(
        "slides.draw",
        "Draw and point on slides; who does not run the class only where the teacher lets them",
        {"student": ENROLLED, "teacher": RUNS, "curator": IN_SCOPE, "guest": ASSIGNED},
    ),
]

_RECORDINGS = [
    Action("recording.pause", "Pause the recording of a class and go on", {"teacher": RUNS}),
    Action("recording.agree", "Agree to the recording of a meeting, or no longer", ATTENDS),
    Action("recording.watch", "Watch the recording of a lesson", {**ATTENDS, "admin": IN_SCOPE}),
    Action(
        "recording.download",
        "Take a file of a recording along",
        {"teacher": RUNS, "office_head": IN_SCOPE, "commission_chair": ASSIGNED, "admin": IN_SCOPE},
    ),
    Action("recording.file", "Get a file of a recording by its signed link", anyone=True),
    Action(
        "recording.watchers",
        "See who has watched a recording, and how much of it",
        {"teacher": RUNS, "curator": IN_SCOPE, "office_head": IN_SCOPE, "dean": IN_SCOPE},
    ),
    Action("recording.storage", "See how full the disk of the recordings is", {"admin": IN_SCOPE}),
]

_OFFICE: Mapping[Role, Need] = {
    "curator": IN_SCOPE,
    "dispatcher": IN_SCOPE,
    "office_head": IN_SCOPE,
    "dean": IN_SCOPE,
}
"""Who looks after attendance within their scope."""

_EXCUSES: Mapping[Role, Need] = {"curator": IN_SCOPE, "office_head": IN_SCOPE, "dean": IN_SCOPE}

_ATTENDANCE = [
    Action("attendance.read", "See who was in a lesson, and for how long", {"teacher": RUNS, **_OFFICE}),
    Action(
        "attendance.correct",
        "Set a mark of the journal by hand, with a reason",
        {"teacher": RUNS, "office_head": IN_SCOPE},
    ),
    Action("attendance.journal", "See the journal of a group", {"teacher": OWN, **_OFFICE}),
    Action("attendance.excuses", "See excuses and their documents", _EXCUSES),
    Action("attendance.excuse", "Excuse a student for some days, and take it back", _EXCUSES),
    Action("attendance.count", "Keep how many heads were counted in the room", {"teacher": RUNS}),
    Action("journal.reopen", "Reopen a locked journal, with a reason", {"office_head": IN_SCOPE}),
    Action("attendance.own", "See the own marks", everyone=True),
    Action("attendance.show", "Show the code of a class for QR-visit", {"teacher": RUNS}),
    Action("attendance.scan", "Scan the code of the own class", everyone=True, personal=True),
]

_BOARD = [
    Action("board.read", "See how today's lessons stand", _OFFICE),
    Action("board.lesson", "See what became of a lesson, and why", {"teacher": RUNS, **_OFFICE}),
    Action("board.explain", "Explain what became of the own lesson", {"teacher": RUNS}),
    Action("board.note", "Put a note to a lesson", {"dispatcher": IN_SCOPE, "office_head": IN_SCOPE}),
    Action("report.read", "Read the office's reports of the own scope", _OFFICE),
]

_IMPORTS = [
    Action(
        "import.run",
        "Import accounts, groups, disciplines and the timetable from files; print the slips",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
]

_EXAM_STAFF: Mapping[Role, Need] = {
    "teacher": RUNS,
    "proctor": ASSIGNED,
    "commission": ASSIGNED,
    "commission_chair": ASSIGNED,
    "secretary": ASSIGNED,
    "dispatcher": IN_SCOPE,
    "office_head": IN_SCOPE,
    "admin": IN_SCOPE,
}

_EXAMS = [
    Action("exam.rules_read", "Read the exam rules", everyone=True),
    Action(
        "exam.rules_write",
        "Write exam rules and note their approval",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
    Action("exam.list", "See the own exams", everyone=True),
    Action("exam.rehearse", "Begin a rehearsal of an exam", {"student": IN_SCOPE}),
    Action("exam.read", "See an exam of the plan", {"student": ENROLLED, **_EXAM_STAFF}),
    Action("exam.staff", "See candidates and proctors of an exam", _EXAM_STAFF),
    Action(
        "exam.plan",
        "Set an exam up: content, rules, candidates, proctors",
        {"teacher": OWN, "dispatcher": IN_SCOPE, "office_head": IN_SCOPE, "admin": IN_SCOPE},
    ),
    Action("exam.sit", "Sit an exam", {"student": ENROLLED}),
    Action(
        "exam.watch",
        "Watch an exam: let in, talk, pause, give time, suspend",
        {"proctor": ASSIGNED, "teacher": RUNS},
    ),
    Action(
        "exam.register_photo",
        "See, keep, replace and erase the photo of a person that is compared with in exams",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
    Action("exam.own_photo", "See the own registered photo and object to it", everyone=True),
]

_COMMISSION: Mapping[Role, Need] = {"commission": ASSIGNED, "commission_chair": ASSIGNED}

_REVIEWS = [
    Action("review.list", "See the exams on whose commission one sits", everyone=True),
    Action("review.read", "Read the review of an exam", {**_COMMISSION, "secretary": ASSIGNED}),
    Action(
        "review.judge",
        "Look at what was flagged, find, sign, decide appeals",
        {**_COMMISSION, "secretary": ASSIGNED},
    ),
]

_TRACE = [
    Action("trace.key", "Get the public key that the trace is signed with", anyone=True),
    Action("me.trace", "See what is written about oneself, and take a receipt of it", everyone=True),
    Action(
        "trace.head",
        "Keep the signed head of the trace, and ask whether it is still there",
        {
            "commission": IN_SCOPE,
            "commission_chair": IN_SCOPE,
            "secretary": IN_SCOPE,
            "office_head": IN_SCOPE,
            "admin": IN_SCOPE,
        },
    ),
    Action(
        "trace.export",
        "Take along a slice of the trace with proof; a chair that of their own exams",
        {"commission_chair": ASSIGNED, "admin": IN_SCOPE},
    ),
]

_RETENTION_BY: Mapping[Role, Need] = {"admin": IN_SCOPE, "office_head": IN_SCOPE}

_RETENTION = [
    Action("retention.read", "See terms, holds, and what goes when", _RETENTION_BY),
    Action(
        "retention.manage",
        "Set terms, hold and release, write down requests for erasure, with a reason",
        _RETENTION_BY,
    ),
    Action("retention.decide", "Decide requests for erasure", {"admin": IN_SCOPE}),
    Action(
        "retention.ask", "Ask for the erasure of what is recorded of oneself", everyone=True, personal=True
    ),
]

_SUPPORT = [
    Action("support.ask", "Say that something does not work", everyone=True, guests=True, settles=ANY_STATE),
    Action(
        "support.read",
        "Read what people reported to support, and answer it",
        {"admin": IN_SCOPE, "office_head": IN_SCOPE},
    ),
    Action("mail.read", "See how the post stands", {"admin": IN_SCOPE}),
]

_TAPS = [
    Action("tap.record", "Take encoded frames to the recorder", system=True),
    Action("tap.analyse", "Take encoded frames to vision", system=True),
]

TABLE: Mapping[str, Action] = _rows(
    [
        *_PUBLIC,
        *_ME,
        *_PEOPLE,
        *_PLAN,
        *_CLASS,
        *_RECORDINGS,
        *_ATTENDANCE,
        *_BOARD,
        *_IMPORTS,
        *_EXAMS,
        *_REVIEWS,
        *_TRACE,
        *_RETENTION,
        *_SUPPORT,
        *_TAPS,
    ]
)

GRANTS: Mapping[Role, frozenset[Role]] = {
    "admin": frozenset(ROLES) - {"guest"},
    "office_head": frozenset({"student", "teacher", "curator", "dispatcher", "secretary"}),
}
"""Who may give which role, within their own scope. A guest's role comes only from a guest link."""
