"""What one look means, and what it must never mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.beacon import Sight
from proctoring.faces import Face
from proctoring.head import Direction
from proctoring.kinds import SECOND
from proctoring.quality import Quality
from proctoring.rules import Watch
from proctoring.rules.conditions import identity, screen, things, webcam, without_webcam
from proctoring.things import Thing

pytestmark = pytest.mark.exam

GOOD = Quality(dark=False, covered=False, frozen=False, loop=False)
DARK = Quality(dark=True, covered=False, frozen=False, loop=False)
AHEAD, ASIDE = Direction(0, 0), Direction(50, 0)


def face(width: float = 0.3) -> Face:
    return Face(0.3, 0.3, width, width, 0.9)


def test_one_person_who_looks_ahead() -> None:
    found = webcam(GOOD, [face()], AHEAD, AHEAD)
    assert not any(found.values()) and None not in found.values()


def test_nobody_several_and_a_head_that_is_turned() -> None:
    assert webcam(GOOD, [], None, AHEAD)["absent"] is True
    assert webcam(GOOD, [face(), face(0.2)], AHEAD, AHEAD)["several"] is True
    assert webcam(GOOD, [face()], ASIDE, AHEAD)["head_away"] is True


def test_an_empty_chair_is_not_a_frozen_picture() -> None:
    still = Quality(dark=False, covered=False, frozen=True, loop=False)
    assert webcam(still, [], None, AHEAD)["frozen"] is None
    assert webcam(still, [face()], AHEAD, AHEAD)["frozen"] is True


def test_a_dark_picture_says_nothing_about_who_is_in_it() -> None:
    found = webcam(DARK, [], None, AHEAD)
    assert found["dark"] is True
    assert found["absent"] is found["several"] is found["head_away"] is None


def test_without_a_baseline_or_points_no_head_is_judged() -> None:
    assert webcam(GOOD, [face()], ASIDE, None)["head_away"] is None
    assert webcam(GOOD, [face()], None, AHEAD)["head_away"] is None


def test_neighbours_in_a_computer_class_are_no_flags() -> None:
    row = [face(), face(0.1), face(0.08)]
    assert webcam(GOOD, row, AHEAD, AHEAD, in_class=True)["several"] is False
    assert webcam(GOOD, [face(), face(0.25)], AHEAD, AHEAD, in_class=True)["several"] is True


def test_things_screen_and_identity() -> None:
    phone = Thing("phone", 0.6, 0.1, 0.1, 0.1, 0.1)
    assert things([phone]) == {"phone": True, "book": False}
    assert things(None) == {"phone": None, "book": None}
    assert screen(Sight("fresh")) == {"beacon_lost": False, "beacon_stale": False, "beacon_foreign": False}
    assert screen(Sight("stale", 9))["beacon_stale"] is True
    assert set(screen(None).values()) == {None}
    assert identity(0.7, 0.6) == {"other_person": True} and identity(0.5, 0.6) == {"other_person": False}
    assert identity(None, 0.6) == {"other_person": None}


def test_a_turned_face_must_be_stranger_to_be_somebody_else_s() -> None:
    assert identity(0.7, 0.6, turned=True) == {"other_person": None}
    assert identity(0.8, 0.6, turned=True) == {"other_person": True}
    assert identity(0.5, 0.6, turned=True) == {"other_person": False}


@given(st.lists(st.sampled_from(["dark", "gone", "no marker"]), min_size=1, max_size=100))
def test_what_cannot_be_told_raises_nothing_but_its_own_kind(looks: list[str]) -> None:
    """A lost stream, a dark room, a page that can show no marker: no flag but `dark` itself."""
    watch = Watch()
    for second, what in enumerate(looks):
        found = webcam(DARK, [], None, AHEAD) if what == "dark" else without_webcam()
        watch.see(second * SECOND, {**found, **screen(None), **things(None), **identity(None, 0.6)})
    assert {flag.kind for flag in watch.flags} <= {"dark"}
    assert watch.unjudged.get("screen", 0) == (len(looks) - 1) * SECOND
