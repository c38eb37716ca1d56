"""media.flow.slots: who sees whom, where, and that nobody moves without need."""

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from media.flow.slots import Change, Publisher, Room, Shown, SlotPolicy
from media.messages import Source, View

ALL: frozenset[Source] = frozenset({"mic", "cam"})
HALL = frozenset({"hall"})
SLOTS = ["audio0", "audio1", "audio2", "stage", "speaker", *(f"tile{n}" for n in range(4))]
TILES = SLOTS[5:]


def people(*names: str, presenter: str = "", screen: str = "") -> list[Publisher]:
    return [
        Publisher(name, ALL | ({"screen"} if name == screen else set()), HALL, name == presenter)
        for name in names
    ]


def seen(policy: SlotPolicy, *slots: str) -> list[str]:
    return [shown.peer if (shown := policy.shown[slot]) else "" for slot in slots]


def test_a_lecture() -> None:
    policy = SlotPolicy(SLOTS)
    publishers = people("t", "a", "b", presenter="t")
    changes = policy.assign("me", HALL, View(), Room(publishers))
    assert Change("stage", Shown("t", "cam"), 1) in changes
    assert seen(policy, "audio0", "speaker", "tile0", "tile1") == ["t", "a", "b", ""]
    assert policy.assign("me", HALL, View(), Room(publishers)) == []

    room = Room(publishers, speaking=["b"], dominant="b")
    changes = policy.assign("me", HALL, View(), room)
    assert {change.slot for change in changes} == {"speaker", "tile0"}  # the two changed places
    assert seen(policy, "stage", "speaker", "tile0") == ["t", "b", "a"]

    sharing = people("t", "a", "b", presenter="t", screen="t")
    policy.assign("me", HALL, View(), Room(sharing))
    assert policy.shown["stage"] == Shown("t", "screen")
    assert policy.shown["speaker"] == Shown("t", "cam")  # nobody else has the floor
    assert sorted(seen(policy, "tile0", "tile1")) == ["a", "b"]


def test_pinned_then_room_then_presenter() -> None:
    policy = SlotPolicy(SLOTS)
    publishers = people("t", "a", "b", presenter="t")
    policy.assign("me", HALL, View(pinned="b"), Room(publishers, stage="a"))
    assert seen(policy, "stage") == ["b"]
    policy.assign("me", HALL, View(), Room(publishers, stage="a"))
    assert seen(policy, "stage") == ["a"]
    policy.assign("a", HALL, View(), Room(publishers, stage="a"))
    assert seen(policy, "stage") == ["t"]  # not oneself
    policy.assign("me", HALL, View(pinned="gone"), Room(publishers))
    assert seen(policy, "stage") == ["t"]


def test_without_a_presenter_the_stage_follows_the_floor() -> None:
    policy = SlotPolicy(SLOTS)
    publishers = people("a", "b", "c")
    policy.assign("me", HALL, View(), Room(publishers, speaking=["b"], dominant="b"))
    assert seen(policy, "stage") == ["b"]
    policy.assign("me", HALL, View(), Room(publishers))
    assert seen(policy, "stage") == ["b"]  # silence moves nobody


def test_the_stage_has_its_sound_in_audio0() -> None:
    policy = SlotPolicy(SLOTS)
    publishers = people("a", "b", "c", "d", "t", presenter="t")
    policy.assign("me", HALL, View(), Room(publishers, speaking=["d", "c"], dominant="d"))
    assert seen(policy, "audio0") == ["t"]
    assert sorted(seen(policy, "audio1", "audio2")) == ["c", "d"]
    before = seen(policy, "audio1", "audio2")
    policy.assign("me", HALL, View(), Room(publishers, speaking=["c", "d"], dominant="c"))
    assert seen(policy, "audio1", "audio2") == before
    policy.assign("me", HALL, View(), Room(publishers, speaking=["a"], dominant="a"))
    assert "a" in seen(policy, "audio1", "audio2")


def test_pages() -> None:
    policy = SlotPolicy(TILES)
    publishers = people(*"abcdefghij")
    policy.assign("me", HALL, View(), Room(publishers))
    assert seen(policy, *TILES) == list("abcd")
    policy.assign("me", HALL, View(page=1), Room(publishers))
    assert seen(policy, *TILES) == list("efgh")
    policy.assign("me", HALL, View(page=2), Room(publishers))
    assert seen(policy, *TILES) == ["i", "j", "", ""]
    policy.assign("me", HALL, View(page=99), Room(publishers))
    assert seen(policy, *TILES) == ["i", "j", "", ""]
    policy.assign("me", HALL, View(page=0, hidden=("tile1", "tile3")), Room(publishers))
    assert seen(policy, *TILES) == ["a", "", "b", ""]


def test_who_speaks_comes_to_the_first_page_for_who_is_silent() -> None:
    policy = SlotPolicy(TILES)
    publishers = people(*"abcdef")
    for speaking in (["d"], ["c"], ["a"]):
        policy.assign("me", HALL, View(), Room(publishers, speaking=speaking))
    assert seen(policy, *TILES) == list("abcd")
    changes = policy.assign("me", HALL, View(), Room(publishers, speaking=["f"]))
    assert changes == [Change("tile1", Shown("f", "cam"), 2)]


def test_who_leaves_moves_nobody_else() -> None:
    policy = SlotPolicy(TILES)
    policy.assign("me", HALL, View(), Room(people(*"abcdef")))
    changes = policy.assign("me", HALL, View(), Room(people(*"acdef")))
    assert changes == [Change("tile1", Shown("e", "cam"), 2)]


def test_breakout_groups_do_not_meet() -> None:
    one, two = frozenset({"one"}), frozenset({"two"})
    publishers = [
        Publisher("a", ALL, one),
        Publisher("b", ALL, two),
        Publisher("t", ALL, one | two, True),
        Publisher("hidden", ALL, frozenset()),
    ]
    policy = SlotPolicy(SLOTS)
    policy.assign("me", one, View(), Room(publishers))
    assert {shown.peer for shown in policy.shown.values() if shown} == {"a", "t"}
    policy.assign("me", frozenset(), View(), Room(publishers))
    assert not any(policy.shown.values())


names = st.sampled_from("abcdefgh")
labels = st.sets(st.sampled_from(["x", "y", "z"])).map(frozenset)
publishers = st.lists(
    st.builds(
        Publisher, names, st.sets(st.sampled_from(get_args(Source))).map(frozenset), labels, st.booleans()
    ),
    max_size=8,
    unique_by=lambda one: one.peer,
)
rooms = st.builds(
    lambda some, stage, speaking, dominant: Room(some, stage=stage, speaking=speaking, dominant=dominant),
    publishers,
    st.sampled_from(["", "a", "b"]),
    st.lists(names, max_size=4, unique=True),
    st.one_of(st.just(""), names),
)
views = st.builds(
    lambda page, pinned, hidden: View(page, pinned, tuple(hidden)),
    st.integers(-1, 4),
    st.sampled_from(["", "a", "c"]),
    st.sets(st.sampled_from(SLOTS), max_size=3),
)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.one_of(names, st.just("me")), labels, views, rooms), min_size=1, max_size=8))
def test_whatever_happens(steps: list[tuple[str, frozenset[str], View, Room]]) -> None:
    policy = SlotPolicy(SLOTS)
    for me, mine, view, room in steps:
        before, counts = dict(policy.shown), dict(policy.generations)
        changes = policy.assign(me, mine, view, room)
        for slot, shown in policy.shown.items():
            changed = shown != before[slot]
            assert policy.generations[slot] == counts[slot] + changed
            assert (Change(slot, shown, policy.generations[slot]) in changes) == changed
            if shown is None:
                continue
            publisher = room.publishers[shown.peer]
            assert publisher.audience & mine
            assert shown.source in publisher.sources
            assert shown.peer != me
            assert slot not in view.hidden
            assert (shown.source == "mic") == slot.startswith("audio")
        cameras = [shown for slot, shown in policy.shown.items() if shown and shown.source == "cam"]
        assert len(set(cameras)) == len(cameras)
        heard = [shown for slot, shown in policy.shown.items() if shown and shown.source == "mic"]
        assert len(set(heard)) == len(heard)
        assert policy.assign(me, mine, view, room) == []
        # nobody who could be shown is left out while a tile is free on the only page
        free = [slot for slot in TILES if slot not in view.hidden and policy.shown[slot] is None]
        possible = {
            one.peer
            for one in room.publishers.values()
            if "cam" in one.sources and one.audience & mine and one.peer != me
        }
        if len(free) > 0 and len(possible) <= 3 and not view.hidden:
            assert {shown.peer for shown in cameras} == possible


@given(publishers, st.lists(names, max_size=4, unique=True))
def test_a_change_of_speaker_moves_at_most_two_tiles(some: list[Publisher], floor: list[str]) -> None:
    policy = SlotPolicy(SLOTS)
    seeing = frozenset({"x", "y", "z"})
    policy.assign("me", seeing, View(page=1), Room(some))
    for peer in floor:
        changes = policy.assign("me", seeing, View(page=1), Room(some, dominant=peer))
        assert sum(change.slot.startswith("tile") for change in changes) <= 2


def test_who_has_the_floor_in_one_group_has_it_there_alone() -> None:
    group_a, group_b = frozenset({"a"}), frozenset({"b"})
    publishers = [Publisher(f"{group}{n}", ALL, frozenset({group})) for group in "ab" for n in range(4)]
    room = Room(publishers, speaking=["b3", "a3"], floors=["b3", "a3"])
    for labels, names in ((group_a, "a"), (group_b, "b")):
        policy = SlotPolicy(SLOTS)
        policy.assign(f"{names}0", labels, View(), room)
        assert seen(policy, "stage") == [f"{names}3"]
        shown = {each.peer[0] for each in policy.shown.values() if each is not None}
        assert shown == {names}, "nobody of the other group is seen or heard"
    policy = SlotPolicy(SLOTS)
    policy.assign("teacher", group_a | group_b, View(), room)
    assert {"a3", "b3"} <= {each.peer for each in policy.shown.values() if each and each.source == "mic"}
    assert Room(publishers, floors=["a3"]).dominant == "a3", "one floor is the room's"
