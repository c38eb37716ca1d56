"""media.flow.layers: what fits, in order of importance, and no flicker at the limit."""

import math

from hypothesis import given
from hypothesis import strategies as st

from media.flow.layers import (
    ALL_TIDS,
    PATIENCE,
    SOUND_BPS,
    SPARE,
    Ask,
    Choice,
    LayerOffer,
    LayerPolicy,
    importance,
    options,
)

CAM = (
    LayerOffer("q", 180, 150_000.0, 3),
    LayerOffer("h", 360, 500_000.0, 3),
    LayerOffer("f", 720, 1_700_000.0, 3),
)
SCREEN = (LayerOffer("", 1080, 900_000.0),)


def ask(slot: str, height: int = 0, layers: tuple[LayerOffer, ...] = CAM, source: str = "a") -> Ask:
    return Ask(slot, source, importance(slot), height, layers)


def rids(
    policy: LayerPolicy, asks: list[Ask], budget: float, now: float, sounds: int = 0
) -> list[str | None]:
    plan = policy.choose(asks, budget, sounds, now)
    return [plan.choices[one.slot].rid for one in asks]


def test_the_drawn_height_caps() -> None:
    for height, rid in [(90, "q"), (180, "q"), (240, "q"), (241, "h"), (480, "h"), (700, "f"), (0, "f")]:
        assert rids(LayerPolicy(), [ask("stage", height)], 1e9, 0.0) == [rid]


def test_unknown_heights_are_taken_as_doubling() -> None:
    blind = tuple(layer._replace(height=0) for layer in CAM)
    assert rids(LayerPolicy(), [ask("tile0", 150, blind)], 1e9, 0.0) == ["q"]
    assert rids(LayerPolicy(), [ask("tile0", 360, blind)], 1e9, 0.0) == ["h"]


def test_the_stage_goes_before_the_tiles_but_not_before_their_least() -> None:
    asks = [ask("tile0"), ask("stage"), ask("tile1")]
    assert rids(LayerPolicy(), asks, 1e9, 0.0) == ["f", "f", "f"]
    assert rids(LayerPolicy(), asks, 2_100_000.0, 0.0) == ["q", "f", "q"]
    assert rids(LayerPolicy(), asks, 700_000.0, 0.0) == ["q", "h", "q"]
    assert rids(LayerPolicy(), asks, 70_000.0, 0.0) == [None, "q", None]


def test_a_thin_link_keeps_the_sound() -> None:
    plan = LayerPolicy().choose([ask("stage")], 2 * SOUND_BPS + 59_000.0, 2, 0.0)
    assert plan.choices["stage"].rid is None
    plan = LayerPolicy().choose([ask("stage")], 2 * SOUND_BPS + 61_000.0, 2, 0.0)
    assert plan.choices["stage"] == Choice("q", 0)
    plan = LayerPolicy().choose([ask("stage")], 2 * SOUND_BPS + 91_000.0, 2, 0.0)
    assert plan.choices["stage"] == Choice("q", 1)
    plan = LayerPolicy().choose([ask("stage", layers=SCREEN)], 800_000.0, 0, 0.0)
    assert plan.choices["stage"].rid is None


def test_down_at_once_and_up_with_room_and_patience() -> None:
    policy = LayerPolicy()
    one = [ask("stage")]
    assert rids(policy, one, 1_700_000.0, 0.0) == ["f"]
    assert rids(policy, one, 1_600_000.0, 1.0) == ["h"]
    assert rids(policy, one, 9_000_000.0, 1.5) == ["h"]
    assert rids(policy, one, 1_700_000.0, 1.0 + PATIENCE) == ["h"]  # it fits, but without room
    assert rids(policy, one, 500_000.0 + 1_200_000.0 * SPARE + 1, 1.0 + PATIENCE) == ["f"]


def test_a_raise_that_does_not_last_is_not_tried_again_soon() -> None:
    policy, one = LayerPolicy(), [ask("stage")]
    raises, before, now = 0, "f", 0.0
    for tick in range(1200):  # two minutes at a link that breaks at the top layer
        now = tick / 10
        rid = rids(policy, one, 1_000_000.0 if before == "f" else 3_000_000.0, now)[0]
        assert rid is not None
        raises += rid == "f" and before != "f"
        before = rid
    assert 2 <= raises <= 8


def test_another_person_starts_without_a_past() -> None:
    policy = LayerPolicy()
    rids(policy, [ask("stage")], 9e6, 0.0)
    assert rids(policy, [ask("stage")], 600_000.0, 1.0) == ["h"]
    assert rids(policy, [ask("stage", source="b")], 9e6, 1.1) == ["f"]


def test_a_layer_that_vanishes_is_replaced() -> None:
    policy = LayerPolicy()
    assert rids(policy, [ask("stage")], 9e6, 0.0) == ["f"]
    assert rids(policy, [ask("stage", layers=CAM[:2])], 9e6, 1.0) == ["h"]
    assert policy.choose([ask("stage", layers=())], 9e6, 0, 2.0).choices == {}


def test_wanted_tells_what_to_probe_for() -> None:
    plan = LayerPolicy().choose([ask("stage"), ask("tile0", 180)], 300_000.0, 1, 0.0)
    assert plan.wanted == (1_700_000.0 + 150_000.0 + SOUND_BPS) * SPARE
    assert plan.used <= 300_000.0


offers = st.lists(
    st.tuples(st.integers(0, 1500), st.floats(1e3, 5e6), st.integers(1, 3)), min_size=0, max_size=3
).map(
    lambda found: tuple(
        LayerOffer(rid, height, bps, tids)
        for rid, (height, bps, tids) in zip("qhf", sorted(found, key=lambda one: one[1]), strict=False)
    )
)
plans = st.lists(
    st.tuples(st.sampled_from(["stage", "speaker", "tile0", "tile1", "tile2"]), st.integers(0, 1200), offers),
    max_size=5,
    unique_by=lambda one: one[0],
)


@given(st.lists(st.tuples(plans, st.floats(0, 2e7), st.integers(0, 3), st.floats(0, 10)), max_size=8))
def test_whatever_is_asked_fits(
    steps: list[tuple[list[tuple[str, int, tuple[LayerOffer, ...]]], float, int, float]],
) -> None:
    policy, now = LayerPolicy(), 0.0
    for wanted, budget, sounds, step in steps:
        now += step
        asks = [ask(slot, height, layers) for slot, height, layers in wanted]
        plan = policy.choose(asks, budget, sounds, now)
        assert set(plan.choices) == {one.slot for one in asks if one.layers}
        cost = 0.0
        for one in asks:
            if one.layers and (choice := plan.choices[one.slot]).rid is not None:
                (found,) = [option for option in options(one) if option.choice == choice]
                cost += found.bps
        assert cost <= max(0.0, budget - sounds * SOUND_BPS) + 1e-3
        assert math.isclose(plan.used, cost + sounds * SOUND_BPS)


@given(plans.filter(bool), st.floats(1e5, 1e7), st.integers(0, 2))
def test_nothing_changes_while_nothing_changes(
    wanted: list[tuple[str, int, tuple[LayerOffer, ...]]], budget: float, sounds: int
) -> None:
    policy = LayerPolicy()
    asks = [ask(slot, height, layers) for slot, height, layers in wanted]
    first = policy.choose(asks, budget, sounds, 0.0)
    for tick in range(1, 100):
        assert policy.choose(asks, budget, sounds, tick / 2).choices == first.choices
    assert all(choice.tid in (0, 1, ALL_TIDS) for choice in first.choices.values())
