"""Exams as pages see them (docs/protocol.md). Times ISO 8601 with offset; nothing is decided here."""

import msgspec

from proctoring.kinds import DEFAULTS
from server.exams import rules as documents
from server.exams.attempt import WRITES, Attempt, Episode
from server.exams.desk import ExamDesk
from server.exams.exam import Exam, Question
from server.exams.store import iso
from server.exams.tables import ExamRulesRow

SECOND = 1_000_000


class RulesView(msgspec.Struct):
    id: str
    title: str
    version: int
    state: str
    protocol: str
    date: str | None
    author: str
    approved_by: str
    kinds: list[documents.KindView]
    sound: bool
    breaks: int
    break_minutes: int
    away_minutes: int
    aids: list[str]
    room_pan: bool
    keep_days: int
    review_days: int
    statement_days: int
    appeal_days: int
    quorum: int


class You(msgspec.Struct):
    """The asker: `part` student, proctor, teacher or office, and what they may do."""

    part: str
    edit: bool
    watch: bool
    sit: bool


class ExamView(msgspec.Struct):
    id: str
    title: str
    discipline: str
    groups: list[str]
    starts: str
    ends: str
    minutes: int
    entry: int
    content: str
    address: str
    own_tab: bool
    pages: int
    aids: list[str]
    identity: bool
    questions: list[Question]
    rules: RulesView | None
    state: str
    rehearsal: bool
    you: You
    models: dict[str, str]


class PhotoView(msgspec.Struct):
    kind: str
    at: str
    problem: str
    score: float | None


class StepsView(msgspec.Struct):
    """`rules`: when they were acknowledged."""

    rules: str | None = None
    biometrics: str = ""
    equipment: str = ""
    face: PhotoView | None = None
    document: PhotoView | None = None
    turn: bool = False
    room: bool = False
    baseline: bool = False
    share: bool = False
    private: bool = False
    """A private check was asked for."""
    marker: bool = False
    """The own marker was found on the shared screen."""
    confirmed: str | None = None
    """When a person last confirmed the newest photo of the face."""


class FlagView(msgspec.Struct):
    n: int
    kind: str
    begin: str
    end: str | None
    seen: bool
    weight: int


class MessageView(msgspec.Struct):
    """`mine`: the examinee wrote it."""

    n: int
    mine: bool
    name: str
    text: str
    at: str


class FileView(msgspec.Struct):
    id: str
    name: str
    bytes: int


class AnswerView(msgspec.Struct):
    text: str
    choice: list[int]
    files: list[FileView]
    saved: str | None
    n: int


class BreakView(msgspec.Struct):
    on: bool
    ends: str | None
    left: int
    minutes: int


class AttemptExam(msgspec.Struct):
    id: str
    title: str
    discipline: str
    starts: str
    ends: str
    minutes: int
    extra: int
    content: str
    address: str
    own_tab: bool
    pages: int
    aids: list[str]
    identity: bool
    rehearsal: bool


class NewsView(msgspec.Struct):
    """What the student is told: ``extended`` (by `minutes`), ``resumed``, ``taken_up``, ``confirmed``,
    ``break_over``."""

    n: int
    at: str
    what: str
    minutes: int
    reason: str


class AttemptView(msgspec.Struct):
    exam: AttemptExam
    questions: list[Question]
    rules: RulesView | None
    models: dict[str, str]
    state: str
    held: bool
    elsewhere: bool
    check_asked: bool
    steps: StepsView
    now: str
    started: str | None
    deadline: str | None
    seconds_left: int
    away: bool
    pause: BreakView = msgspec.field(name="break")
    messages: list[MessageView] = []
    help: bool = False
    answers: dict[str, AnswerView] = {}
    reason: str = ""
    place: str = "home"
    seat: str = ""
    room: str = ""
    in_room: str = ""
    """The name of the proctor in the room."""
    seat_asked: str = ""
    news: list[NewsView] = []
    listened: bool = False
    """A proctor listens now."""
    watched: list[str] = []
    flags: list[FlagView] = []
    events_n: int = 0
    """The last event of this tab that has come."""


class Unjudged(msgspec.Struct):
    """Seconds that could not be analysed."""

    webcam: int = 0
    screen: int = 0


class StudentView(msgspec.Struct):
    """One card of the wall."""

    person: str
    name: str
    group: str
    state: str
    place: str
    seat: str
    link: str
    here: bool
    camera: bool
    screen: bool
    help: bool
    unread: int
    deadline: str | None
    seconds_left: int
    extra: int
    flags: list[FlagView]
    standing: list[str]
    count: int
    weight: float
    unjudged: Unjudged
    steps: StepsView
    score: float | None
    moved: int
    answered: int
    of: int
    check_asked: bool
    reason: str
    watcher: str
    """The proctor who looks after this examinee, by id."""
    room: str
    listener: str


def rules_view(row: ExamRulesRow, names: dict[str, str]) -> RulesView:
    body = documents.read(row.body)
    return RulesView(
        row.id, row.title, row.version, row.state, row.protocol,
        row.date.isoformat() if row.date is not None else None, names.get(row.author, ""),
        names.get(row.approved_by, ""), documents.views(body), body.sound, body.breaks, body.break_minutes,
        body.away_minutes, list(body.aids), body.room_pan, body.keep_days, body.review_days,
        body.statement_days, body.appeal_days, body.quorum,
    )  # fmt: skip


def exam_view(
    desk: ExamDesk, exam: Exam, rules: RulesView | None, you: You, *, questions: bool
) -> ExamView:  # fmt: skip
    facts, settings = exam.facts, exam.settings
    return ExamView(
        exam.lesson, facts.title, facts.discipline, list(facts.groups), iso(desk.house, facts.starts),
        iso(desk.house, facts.ends), settings.minutes, settings.entry, settings.content, settings.address,
        settings.own_tab, exam.pages, list(settings.aids), settings.identity,
        list(settings.questions) if questions else [], rules, exam.state(desk.now()), exam.rehearsal, you,
        desk.vision.health().models,
    )  # fmt: skip


def steps_view(desk: ExamDesk, exam: Exam, attempt: Attempt) -> StepsView:
    steps = attempt.steps
    sight = desk.known_sight(exam, attempt.person)
    acknowledged = steps.get("rules")

    def photo(kind: str) -> PhotoView | None:
        found = attempt.photos.get(kind)
        if found is None:
            return None
        return PhotoView(kind, iso(desk.house, found.at), found.problem, found.score)

    return StepsView(
        iso(desk.house, acknowledged["at"]) if acknowledged else None,
        attempt.biometrics,
        steps.get("equipment", {}).get("value", ""),
        photo("face"),
        photo("document"),
        "turn" in steps,
        "room" in steps,
        attempt.baseline is not None,
        "share" in steps,
        steps.get("private", {}).get("value") == "on",
        sight is not None and sight.marker_at > 0,
        iso(desk.house, attempt.confirmed) if attempt.confirmed else None,
    )


def flag_view(desk: ExamDesk, exam: Exam, flag: Episode) -> FlagView:
    end = iso(desk.house, flag.end) if flag.end is not None else None
    return FlagView(flag.n, flag.kind, iso(desk.house, flag.begin), end, flag.seen, _weight(flag.kind))


def _weight(kind: str) -> int:
    return next((each.weight for name, each in DEFAULTS.items() if name == kind), 1)


def messages_view(desk: ExamDesk, attempt: Attempt, names: dict[str, str]) -> list[MessageView]:
    return [
        MessageView(each.n, each.mine, names.get(each.person, ""), each.text, iso(desk.house, each.at))
        for each in attempt.messages
    ]


def answers_view(desk: ExamDesk, attempt: Attempt) -> dict[str, AnswerView]:
    return {
        question: AnswerView(
            each.text, each.choice, [FileView(file.id, file.name, file.bytes) for file in each.files],
            iso(desk.house, each.at) if each.at else None, each.n,
        )
        for question, each in attempt.answers.items()
    }  # fmt: skip


def deadline(desk: ExamDesk, exam: Exam, attempt: Attempt, now: int) -> str | None:
    if not attempt.started or attempt.state not in ("running", "break", "paused"):
        return None
    return iso(desk.house, now + exam.left(attempt, now))


def attempt_view(
    desk: ExamDesk, exam: Exam, attempt: Attempt, rules: RulesView | None, tab: str, names: dict[str, str]
) -> AttemptView:
    """The own attempt, as the page in `tab` sees it."""
    now = desk.now()
    facts, settings, candidate = exam.facts, exam.settings, exam.of(attempt.person)
    shown = attempt.state in (*WRITES, "paused")
    left, ends = 0, 0
    minutes = 0
    if exam.rules is not None:
        left, ends = attempt.break_left(now, exam.rules.breaks, exam.rules.break_minutes)
        minutes = exam.rules.break_minutes
    over = attempt.state in ("submitted", "over", "suspended")
    in_class = candidate.place == "class"
    return AttemptView(
        exam=AttemptExam(
            exam.lesson, facts.title, facts.discipline, iso(desk.house, facts.starts),
            iso(desk.house, facts.ends), settings.minutes, candidate.extra + attempt.extra, settings.content,
            settings.address if shown else "", settings.own_tab, exam.pages, list(settings.aids),
            settings.identity, exam.rehearsal,
        ),
        questions=list(settings.questions) if shown else [],
        rules=rules,
        models=desk.vision.health().models,
        state=attempt.state,
        held=attempt.tab == tab,
        elsewhere=attempt.tab != tab,
        check_asked=attempt.check_asked,
        steps=steps_view(desk, exam, attempt),
        now=iso(desk.house, now),
        started=iso(desk.house, attempt.started) if attempt.started else None,
        deadline=deadline(desk, exam, attempt, now),
        seconds_left=exam.left(attempt, now) // SECOND,
        away=bool(attempt.away_since),
        pause=BreakView(attempt.state == "break", iso(desk.house, ends) if ends else None, left, minutes),
        messages=messages_view(desk, attempt, names),
        help=attempt.help,
        answers=answers_view(desk, attempt) if shown or over else {},
        reason=attempt.reason,
        place=candidate.place,
        seat=candidate.seat,
        room=candidate.room,
        in_room=names.get(candidate.proctor, ""),
        seat_asked=candidate.asked,
        news=[
            NewsView(each.n, iso(desk.house, each.at), each.what, each.minutes, each.reason)
            for each in attempt.news
        ],
        listened=bool(attempt.listener),
        watched=list(documents.watched(exam.rules, candidate.off, in_class=in_class)) if exam.rules else [],
        flags=[flag_view(desk, exam, each) for each in attempt.flags] if over or exam.rehearsal else [],
        events_n=attempt.events_n.get(tab, 0),
    )  # fmt: skip


def student_view(
    desk: ExamDesk, exam: Exam, person: str, name: str, group: str, now: int, tracks: set[str]
) -> StudentView:  # fmt: skip
    """A card of the wall, also for somebody who has not come yet. `tracks`: what arrives of them."""
    attempt = exam.attempts.get(person) or Attempt(person)
    candidate = exam.of(person)
    room = desk.room_of(exam.lesson)
    here = bool(room.of(person)) if room is not None else False
    link = room.links.get(person, "good") if room is not None and here else ""
    sight = desk.known_sight(exam, person)
    standing = [each for each in attempt.flags if each.end is None]
    unread = [each for each in attempt.messages if each.mine and each.n > attempt.read]
    gaps = {
        stream: sum(each.end - each.begin for each in attempt.gaps if each.stream == stream)
        + (sight.unjudged(stream, now) if sight is not None else 0)
        for stream in ("webcam", "screen")
    }
    face = attempt.photos.get("face")
    return StudentView(
        person, name, group, attempt.state if attempt.opened else "absent", candidate.place, candidate.seat,
        link, here, "cam" in tracks, "screen" in tracks, attempt.help, len(unread),
        deadline(desk, exam, attempt, now), exam.left(attempt, now) // SECOND,
        candidate.extra + attempt.extra, [flag_view(desk, exam, each) for each in attempt.flags[:-11:-1]],
        [each.kind for each in standing], len(attempt.flags), _needs(attempt, standing, len(unread)),
        Unjudged(gaps["webcam"] // SECOND, gaps["screen"] // SECOND), steps_view(desk, exam, attempt),
        face.score if face is not None else None, max(0, attempt.moved),
        sum(1 for each in attempt.answers.values() if each.at), len(exam.settings.questions),
        attempt.check_asked, attempt.reason, exam.watchers.get(person, ""), candidate.room, attempt.listener,
    )  # fmt: skip


def _needs(attempt: Attempt, standing: list[Episode], unread: int) -> float:
    """How much this examinee needs a look: help first, then who waits, then what stands, then what is new."""
    if attempt.state in ("submitted", "over", "suspended"):
        return 0.0
    weight = 100.0 * attempt.help + 50.0 * bool(unread) + 30.0 * (attempt.state == "waiting")
    weight += 5.0 * sum(_weight(each.kind) for each in standing)
    weight += sum(_weight(each.kind) for each in attempt.flags if not each.seen and each.end is not None)
    return weight + 2.0 * bool(attempt.away_since)
