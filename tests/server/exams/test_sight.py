"""What is seen of one examinee over lost links and dead processes: gaps with their cause, and no blame."""

import pytest

from proctoring.faces import Face
from proctoring.head import Direction
from proctoring.kinds import DEFAULTS, SECOND
from proctoring.messages import SeenWebcam
from proctoring.quality import Quality
from server.exams.attempt import Gap
from server.exams.sight import Sight

pytestmark = pytest.mark.exam

GOOD = Quality(dark=False, covered=False, frozen=False, loop=False)
FACE = Face(0.4, 0.3, 0.2, 0.3, 0.9, ())


def sight() -> Sight:
    return Sight(b"key", DEFAULTS, (), in_class=False, likeness=0.6)


def look(eye: Sight, second: int, faces: int = 1) -> list[Gap]:
    _, gaps = eye.webcam(second * SECOND, SeenWebcam("peer", second * SECOND, GOOD, [FACE] * faces))
    return gaps


def words(gaps: list[Gap]) -> list[tuple[str, int, int, str]]:
    return [(each.stream, each.begin // SECOND, each.end // SECOND, each.why) for each in gaps]


def test_a_lost_link_is_one_gap_from_the_last_look_to_the_next() -> None:
    eye = sight()
    eye.begin(10 * SECOND)
    look(eye, 11)
    assert eye.leave(17 * SECOND, 13 * SECOND) == []
    assert eye.unjudged("webcam", 30 * SECOND) == 19 * SECOND
    eye.leave(20 * SECOND, 13 * SECOND)
    eye.begin(31 * SECOND)
    assert words(look(eye, 33)) == [("webcam", 11, 33, "picture")]
    assert look(eye, 34) == []


def test_after_a_new_start_of_the_server_the_gap_begins_at_its_last_sign() -> None:
    eye = sight()
    eye.leave(50 * SECOND, 41 * SECOND, "analysis")
    eye.begin(51 * SECOND)
    eye.miss(52 * SECOND, "webcam", "picture")
    assert words(look(eye, 53)) == [("webcam", 41, 53, "analysis")]


def test_who_never_comes_back_leaves_the_gap_behind() -> None:
    eye = sight()
    eye.begin(10 * SECOND)
    look(eye, 11)
    eye.leave(20 * SECOND, 15 * SECOND)
    _, gaps = eye.rest(60 * SECOND)
    assert words(gaps) == [("webcam", 11, 60, "picture"), ("screen", 10, 60, "picture")]
    assert eye.rest(70 * SECOND) == ([], [])


def test_a_break_is_no_gap() -> None:
    eye = sight()
    eye.begin(10 * SECOND)
    look(eye, 11)
    eye.rest(12 * SECOND)
    eye.begin(300 * SECOND)
    assert look(eye, 301) == []


def test_a_dead_vision_worker_is_named_as_analysis() -> None:
    eye = sight()
    eye.begin(10 * SECOND)
    look(eye, 11)
    eye.miss(15 * SECOND, "webcam", "analysis")
    eye.miss(16 * SECOND, "webcam", "picture")
    assert words(look(eye, 20)) == [("webcam", 11, 20, "analysis")]


def test_a_connection_that_is_made_anew_has_ended_no_share() -> None:
    eye = sight()
    eye.begin(0)
    for second, arrives in enumerate((True, None, None, False, False, False, True, False)):
        assert eye.share(second * SECOND, arrives, told=False) == []


def test_a_share_that_ends_is_a_flag() -> None:
    eye = sight()
    eye.begin(0)
    assert eye.share(SECOND, True, told=False) == []
    (flag,) = eye.share(2 * SECOND, False, told=True)
    assert (flag.kind, flag.begin) == ("share_ended", 2 * SECOND)
    eye = sight()
    eye.begin(0)
    found = [flag for second in range(1, 8) for flag in eye.share(second * SECOND, False, told=False)]
    assert [(flag.kind, flag.begin) for flag in found] == [("share_ended", 5 * SECOND)]


AHEAD, ASIDE = Direction(2.0, -3.0), Direction(40.0, -3.0)


def turns(eye: Sight, seconds: range, quality: Quality = GOOD, distance: float | None = None) -> list[str]:
    """The head is away for so long; kinds of the flags that began. `distance`: of a comparison first."""
    begun = []
    for second in seconds:
        seen = SeenWebcam("peer", second * SECOND, quality, [FACE], ASIDE)
        seen.distance = distance if second == seconds.start else None
        begun += [flag.kind for flag in eye.webcam(second * SECOND, seen)[0] if flag.end is None]
    return begun


def judging() -> Sight:
    eye = sight()
    eye.own = AHEAD
    eye.begin(10 * SECOND)
    return eye


def test_a_head_that_is_away_is_a_flag() -> None:
    assert turns(judging(), range(11, 25)) == ["head_away"]
    assert turns(judging(), range(11, 25), distance=0.4) == ["head_away"], "it is the examinee's"
    assert turns(judging(), range(11, 25), distance=0.7) == ["head_away"], "turned, so it may be"


def test_somebody_elses_head_is_not_held_against_the_examinee() -> None:
    eye = judging()
    assert turns(eye, range(11, 25), distance=0.9) == [], "one comparison is no flag yet, but a doubt"
    assert turns(eye, range(25, 40), distance=0.9) == ["other_person"]
    assert turns(eye, range(40, 60), distance=0.3) == ["head_away"], "the examinee is back"


def test_a_still_picture_says_nothing_of_a_head() -> None:
    still = Quality(dark=False, covered=False, frozen=False, loop=False, still=True)
    eye = judging()
    assert turns(eye, range(11, 17)) == [] and turns(eye, range(17, 60), still) == []
