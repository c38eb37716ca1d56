"""From a flag to a finding: blind looks, four eyes, the student heard first, an appeal by others, terms."""

import hashlib
import io

import pytest
from openpyxl import load_workbook

from server.exams.attempt import Episode
from server.review.case import DAY, Case, Terms
from server.review.evidence import windows
from server.review.members import Commission, Member
from tests.server.review.conftest import SECOND, Court

pytestmark = pytest.mark.review


async def test_evidence_is_cut_from_the_recording_with_its_hash(court: Court) -> None:
    await court.flagged()
    item = await court.good("member1", "GET", f"/exams/{court.exam}/review/items/{await court.key()}")
    assert [each["kind"] for each in item["kinds"]] == ["several"]
    assert item["kinds"][0]["begin_ms"] == 6000 and item["length_ms"] == 22_000
    assert {each["source"] for each in item["clips"]} == {"cam", "screen"}
    for clip in item["clips"]:
        assert -5000 <= clip["offset_ms"] <= 0 and clip["length_ms"] >= 20_000
        answer = await court.running.http.get(
            court.running.url + clip["url"], headers={"Authorization": f"Bearer {court.tokens['member1']}"}
        )
        body = await answer.read()
        assert answer.status == 200 and hashlib.sha256(body).hexdigest() == clip["sha256"]
    kinds = await court.running.kinds()
    assert "review.item" in kinds and "review.gathered" in kinds


async def test_the_whole_way_to_a_finding_and_an_appeal(court: Court) -> None:
    await court.flagged()
    key, exam, student = await court.key(), court.exam, court.people["student1"]
    case = f"/exams/{exam}/review/cases/{student}"
    await court.look("member1", "noted")
    seen = await court.good("member2", "GET", f"/exams/{exam}/review/items/{key}")
    assert seen["looks"] == [] and seen["state"] == "open" and seen["waits"] is True
    assert (await court.ask("member2", "GET", case)).code == "review.blind"
    await court.look("member2", "noted")
    mine = await court.good("member2", "GET", f"/exams/{exam}/review/items/{key}")
    assert [each["verdict"] for each in mine["looks"]] == ["noted", "noted"]
    outcome = await court.good("student1", "GET", f"/exams/{exam}/outcome")
    assert outcome["items"] == [] and outcome["grade_held"] is True
    assert (
        await court.ask("chair", "POST", f"{case}/finding", finding="violation", note="!!!")
    ).status == 409
    assert (await court.good("chair", "POST", f"{case}/notice"))["state"] == "notice"
    outcome = await court.good("student1", "GET", f"/exams/{exam}/outcome")
    assert outcome["state"] == "notice" and len(outcome["items"]) == 1
    assert outcome["items"][0]["looks"] == []
    clip = outcome["items"][0]["clips"][0]["url"].removeprefix("/api/v1")
    assert (await court.ask("student2", "GET", clip)).status == 404
    said = await court.good("student1", "POST", f"/exams/{exam}/outcome/statement", text="Иним кирип кетти.")
    assert said["state"] == "heard"
    view = await court.good("chair", "POST", f"{case}/finding", finding="violation", note="Эки адам болгон.")
    assert view["state"] == "heard" and len(view["signatures"]) == 1
    assert (await court.good("student1", "GET", f"/exams/{exam}/outcome"))["finding"] is None
    assert (await court.good("member1", "POST", f"{case}/sign"))["state"] == "found"
    assert (await court.ask("member1", "POST", f"{case}/sign")).code == "review.not_now"
    view = await court.good(
        "secretary",
        "POST",
        f"{case}/measure",
        body="Декан",
        measure="Экзамен кайра тапшырылат",
        reference="№ 5",
    )
    assert view["state"] == "measured" and view["finding"]["finding"] == "violation"
    outcome = await court.good("student1", "POST", f"/exams/{exam}/outcome/appeal", text="Макул эмесмин.")
    assert outcome["state"] == "appealed"
    for login in ("member1", "member2", "chair"):
        answer = await court.ask(login, "POST", f"{case}/appeal", result="kept", note="Өзгөрбөйт.")
        assert answer.code == "review.not_now", login
    view = await court.good("member3", "POST", f"{case}/appeal", result="changed", note="Далил жетишсиз.")
    assert view["state"] == "closed" and view["appeal"]["decided"]["result"] == "changed"


async def test_what_one_finds_nothing_in_is_done(court: Court) -> None:
    await court.flagged()
    await court.look("member1", "nothing", "")
    found = await court.good("chair", "GET", f"/exams/{court.exam}/review")
    assert [each["state"] for each in found["queue"]] == ["nothing"] and not found["queue"][0]["waits"]
    outcome = await court.good("student1", "GET", f"/exams/{court.exam}/outcome")
    assert outcome["state"] == "clean" and outcome["grade_held"] is False
    answer = await court.ask(
        "member2", "POST", f"/exams/{court.exam}/review/items/{await court.key()}/look", verdict="nothing"
    )
    assert answer.code == "review.not_now"


async def test_who_disagrees_goes_to_the_chair(court: Court) -> None:
    await court.flagged()
    await court.look("member1", "noted")
    await court.look("member2", "nothing", "")
    key = await court.key()
    answer = await court.ask(
        "member3", "POST", f"/exams/{court.exam}/review/items/{key}/look", verdict="nothing"
    )
    assert answer.code == "review.not_now"
    await court.look("chair", "nothing", "")
    outcome = await court.good("student1", "GET", f"/exams/{court.exam}/outcome")
    assert outcome["state"] == "clean"


async def test_kept_out_are_strangers_students_and_who_recused_themselves(court: Court) -> None:
    await court.flagged()
    path = f"/exams/{court.exam}/review"
    for login in ("teacher", "student1", "proctor", "admin"):
        assert (await court.ask(login, "GET", path)).status == 403, login
    key = await court.key()
    await court.good("member1", "POST", f"{path}/items/{key}/recuse", reason="Бул студент тууганым")
    assert (await court.ask("member1", "GET", f"{path}/items/{key}")).code == "review.kept_out"
    assert (await court.good("member1", "GET", path))["queue"] == []


async def test_a_member_who_is_curator_of_the_group_is_kept_out(court: Court) -> None:
    commission = Commission(
        (Member("a", "A", "commission"), Member("b", "B", "chair"), Member("c", "C", "secretary")),
        {"a": frozenset({"s1"})},
    )
    assert not commission.may_judge("a", "s1") and commission.may_judge("a", "s2")
    assert commission.may_judge("b", "s1") and not commission.may_judge("c", "s1")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
async def test_the_protocol_names_evidence_hashes_and_members(court: Court, form: str) -> None:
    await court.flagged()
    await court.look("member1", "noted")
    await court.look("chair", "noted")
    for person in ("", court.people["student1"]):
        answer = await court.running.http.get(
            f"{court.running.url}/api/v1/exams/{court.exam}/review/protocol",
            params={"form": form, "language": "ky", "person": person},
            headers={"Authorization": f"Bearer {court.tokens['chair']}"},
        )
        body = await answer.read()
        assert answer.status == 200 and len(body) > 200
        if form != "xlsx":
            continue
        sheet = load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
        assert "Student1" in text and "Chair" in text
        case = await court.reviews.case(court.exam, court.people["student1"])
        if person:
            assert all(part.sha256 in text for part in case.items[0].parts)


async def test_a_protocol_tells_nobody_what_the_own_look_should_not_know(court: Court) -> None:
    await court.flagged()
    await court.look("member1", "noted")
    path, student = f"/exams/{court.exam}/review", court.people["student1"]
    answer = await court.ask("member2", "GET", f"{path}/protocol", person=student, form="csv")
    assert answer.code == "review.blind"
    await court.good("member3", "POST", f"{path}/items/{await court.key()}/recuse", reason="Тууганым")
    answer = await court.ask("member3", "GET", f"{path}/protocol", person=student, form="csv")
    assert answer.code == "review.kept_out"


async def test_a_rebuilt_case_equals_the_one_that_ran(court: Court) -> None:
    await court.flagged()
    await court.look("member1", "noted")
    student = court.people["student1"]
    ran = court.reviews.cases[court.exam][student]
    del court.reviews.cases[court.exam]
    rebuilt = (await court.reviews.of(court.exam))[student]
    assert vars(rebuilt) == vars(ran)


def test_terms_that_run_out_never_hold_a_grade() -> None:
    terms = Terms()
    case = Case("exam", "student")
    case.apply(
        1, 0, "review.item", "system",
        {
            "item": "i", "begin": 0, "end": SECOND, "parts": [],
            "flags": [{"kind": "absent", "begin": 0, "end": 1}],
        },
    )  # fmt: skip
    case.apply(2, 0, "review.gathered", "system", {"ended": 0, "items": 1})
    assert case.state(4 * DAY, terms) == "open" and case.holds(4 * DAY, terms)
    assert case.state(5 * DAY, terms) == "late" and not case.holds(5 * DAY, terms)
    case.apply(3, DAY, "review.looked", "m1", {"item": "i", "verdict": "noted", "note": "x", "seconds": 1})
    assert case.state(4 * DAY, terms) == "open" and case.state(6 * DAY, terms) == "late"
    case.apply(
        4, 2 * DAY, "review.looked", "m2", {"item": "i", "verdict": "noted", "note": "x", "seconds": 1}
    )
    assert case.state(3 * DAY, terms) == "to_notify"
    assert not case.holds(9 * DAY, terms), "nobody told the student within the terms"


def test_neighbours_are_one_item_and_long_ones_are_cut() -> None:
    def flag(n: int, begin: int, end: int | None) -> Episode:
        return Episode(n, "absent", begin * SECOND, end * SECOND if end is not None else None)

    found = windows([flag(1, 100, 105), flag(2, 112, 120), flag(3, 300, None)], 900 * SECOND)
    assert [len(each.flags) for each in found] == [2, 1]
    assert (found[0].begin, found[0].end) == (94 * SECOND, 124 * SECOND)
    assert found[1].end - found[1].begin == 130 * SECOND


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
async def test_the_commission_takes_the_attendance_sheet_along(court: Court, form: str) -> None:
    await court.flagged()

    async def taken(login: str) -> tuple[int, bytes]:
        answer = await court.running.http.get(
            f"{court.running.url}/api/v1/exams/{court.exam}/review/sheet",
            params={"form": form, "language": "ru"},
            headers={"Authorization": f"Bearer {court.tokens[login]}"},
        )
        return answer.status, await answer.read()

    assert (await taken("student1"))[0] == 403
    status, body = await taken("secretary")
    assert status == 200 and body.startswith(b"%PDF-" if form == "pdf" else b"PK")
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
        assert "Student1" in text and "Student2" in text and "Подпись" in text
