"""Reviews as pages see them. What a member may not know yet is left out here: names and others' verdicts
before their own look, cases of students they have a relation to."""

import msgspec

from server.exams.exam import Exam
from server.exams.store import iso
from server.house import House
from server.review.case import Case, Item, Terms

MS = 1000


class KindView(msgspec.Struct):
    kind: str
    begin_ms: int
    end_ms: int


class ClipView(msgspec.Struct):
    """`offset_ms`: of its first frame in the window; negative where it begins before."""

    source: str
    url: str
    offset_ms: int
    length_ms: int
    width: int
    height: int
    sha256: str


class StillView(msgspec.Struct):
    """`flag`: the place of what it shows in `kinds`; `ms`: of the picture in the window."""

    flag: int
    source: str
    url: str
    ms: int
    width: int
    height: int
    sha256: str


class MomentView(msgspec.Struct):
    ms: int
    kind: str
    detail: str


class GapView(msgspec.Struct):
    begin_ms: int
    end_ms: int
    stream: str
    why: str


class LookView(msgspec.Struct):
    name: str
    verdict: str
    note: str
    seconds: int


class ItemView(msgspec.Struct):
    key: str
    number: int
    state: str
    begins: str
    kinds: list[KindView]
    length_ms: int
    mine: str
    note: str
    waits: bool
    clips: list[ClipView]
    stills: list[StillView]
    events: list[MomentView]
    gaps: list[GapView]
    looks: list[LookView]


class ItemCard(msgspec.Struct):
    key: str
    number: int
    kinds: list[str]
    seconds: int
    state: str
    mine: str
    waits: bool


class CaseCard(msgspec.Struct):
    person: str
    name: str
    group: str
    state: str
    items: int
    accepted: int
    until: str | None


class StatementView(msgspec.Struct):
    text: str
    at: str


class FindingView(msgspec.Struct):
    finding: str
    note: str
    at: str
    name: str


class SignatureView(msgspec.Struct):
    person: str
    name: str
    part: str
    at: str


class MeasureView(msgspec.Struct):
    body: str
    measure: str
    reference: str
    at: str
    name: str


class DecidedView(msgspec.Struct):
    result: str
    note: str
    name: str
    at: str


class AppealView(msgspec.Struct):
    text: str
    at: str
    decided: DecidedView | None


class CaseNote(msgspec.Struct):
    at: str
    what: str
    who: str
    reason: str


class CaseMay(msgspec.Struct):
    notice: bool
    finding: bool
    sign: bool
    measure: bool
    appeal: bool
    recuse: bool


class CaseView(msgspec.Struct):
    person: str
    name: str
    group: str
    state: str
    items: list[ItemView]
    statement: StatementView | None
    until: str | None
    finding: FindingView | None
    signatures: list[SignatureView]
    quorum: int
    measure: MeasureView | None
    appeal: AppealView | None
    appeal_until: str | None
    log: list[CaseNote]
    may: CaseMay


def item_view(
    house: House, exam: Exam, case: Case, item: Item, terms: Terms, *, me: str, names: dict[str, str],
    chair: bool, files: str, everything: bool = False,
) -> ItemView:  # fmt: skip
    """`files`: below which clips and stills are served; `everything`: others' looks too, whoever asks."""
    now = house.clock.now()
    mine = next((look for look in item.looks if look.person == me), None)
    attempt = exam.attempts.get(case.person)
    events = [] if attempt is None else [e for e in attempt.events if item.begin <= e.at <= item.end]
    gaps = [] if attempt is None else [g for g in attempt.gaps if g.begin < item.end and g.end > item.begin]
    open_to_me = mine is not None or everything
    return ItemView(
        item.key,
        item.number,
        case.item_state(item, now, terms) if open_to_me else _blind(case, item, now, terms),
        iso(house, item.begin),
        [
            KindView(each.kind, (each.begin - item.begin) // MS, (each.end - item.begin) // MS)
            for each in item.flags
        ],
        (item.end - item.begin) // MS,
        mine.verdict if mine is not None else "",
        mine.note if mine is not None else "",
        case.may_look(item, me, now, terms, chair=chair),
        [
            ClipView(
                each.source, f"{files}/clips/{each.file}", (each.starts - item.begin) // MS, each.length,
                each.width, each.height, each.sha256,
            )
            for each in item.parts
        ],
        [
            StillView(
                each.flag, each.source, f"{files}/stills/{each.file}", (each.at - item.begin) // MS,
                each.width, each.height, each.sha256,
            )
            for each in item.stills
        ],
        [MomentView((each.at - item.begin) // MS, each.kind, each.detail) for each in events],
        [
            GapView((each.begin - item.begin) // MS, (each.end - item.begin) // MS, each.stream, each.why)
            for each in gaps
        ],
        [LookView(names.get(look.person, ""), look.verdict, look.note, look.seconds) for look in item.looks]
        if open_to_me
        else [],
    )  # fmt: skip


def _blind(case: Case, item: Item, now: int, terms: Terms) -> str:
    """To who has not looked yet, an item that waits for a second look is as open as any other."""
    state = case.item_state(item, now, terms)
    return "open" if state == "second" else state


def item_card(
    house: House, case: Case, item: Item, number: int, terms: Terms, me: str, *, chair: bool
) -> ItemCard:
    now = house.clock.now()
    mine = next((look.verdict for look in item.looks if look.person == me), "")
    state = case.item_state(item, now, terms) if mine else _blind(case, item, now, terms)
    return ItemCard(
        item.key, number, list(dict.fromkeys(each.kind for each in item.flags)),
        (item.end - item.begin) // 1_000_000, state, mine, case.may_look(item, me, now, terms, chair=chair),
    )  # fmt: skip


def case_card(house: House, case: Case, terms: Terms, name: str, group: str) -> CaseCard:
    now = house.clock.now()
    return CaseCard(
        case.person, name, group, case.state(now, terms), len(case.items), len(case.accepted(now, terms)),
        until(house, case, terms),
    )  # fmt: skip


def until(house: House, case: Case, terms: Terms) -> str | None:
    """The end of the term that runs now."""
    match case.state(house.clock.now(), terms):
        case "open":
            return iso(house, case.release(terms))
        case "notice":
            return iso(house, case.heard_by(terms))
        case "found" | "measured":
            return iso(house, case.appeal_by(terms))
    return None


def statement_view(house: House, case: Case) -> StatementView | None:
    found = case.statement
    return StatementView(found.text, iso(house, found.at)) if found is not None else None


def finding_view(house: House, case: Case, names: dict[str, str]) -> FindingView | None:
    found = case.finding
    if found is None:
        return None
    return FindingView(found.finding, found.note, iso(house, found.at), names.get(found.person, ""))


def measure_view(house: House, case: Case, names: dict[str, str]) -> MeasureView | None:
    found = case.measure
    if found is None:
        return None
    return MeasureView(
        found.body, found.measure, found.reference, iso(house, found.at), names.get(found.person, "")
    )


def appeal_view(house: House, case: Case, names: dict[str, str]) -> AppealView | None:
    if case.appeal is None:
        return None
    decided = None
    if case.decided is not None:
        each = case.decided
        decided = DecidedView(each.result, each.note, names.get(each.person, ""), iso(house, each.at))
    return AppealView(case.appeal.text, iso(house, case.appeal.at), decided)


def appeal_until(house: House, case: Case, terms: Terms) -> str | None:
    return iso(house, case.appeal_by(terms)) if case.finding is not None else None
