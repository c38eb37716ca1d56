"""The judge alone: deny by default, scopes, states, guests, programs, giving roles."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.permissions import (
    ANYONE,
    NOWHERE,
    SYSTEM,
    UNIVERSITY,
    Actor,
    Grant,
    Scope,
    Standing,
    actions_for,
    decide,
    decide_somewhere,
    may_grant,
    reach,
)
from server.permissions.model import RELATIONS, ROLES, SCOPE_KINDS, STATES
from server.permissions.table import GRANTS, TABLE

IDS = ("a", "b")
scopes = st.builds(
    lambda kind, name: UNIVERSITY if kind == "university" else Scope(kind, name),
    st.sampled_from(SCOPE_KINDS),
    st.sampled_from(IDS),
)
grants = st.builds(Grant, st.sampled_from(ROLES), scopes)
actors = st.builds(
    Actor,
    st.just("someone"),
    st.sampled_from(["account", "guest"]),
    st.lists(grants, max_size=3).map(tuple),
    st.sampled_from(STATES),
    st.booleans(),
)
standings = st.builds(Standing, st.frozensets(st.sampled_from(RELATIONS)), st.frozensets(scopes, max_size=4))
actions = st.sampled_from(sorted(TABLE))


@given(actions, standings)
def test_nobody_without_a_role_does_more_than_every_account(action: str, standing: Standing) -> None:
    row = TABLE[action]
    allowed = decide(Actor("x"), action, standing) == "allowed"
    assert allowed == (row.anyone or row.everyone)
    assert decide(ANYONE, action, standing) == ("allowed" if row.anyone else "login")


@given(actors, actions, standings)
def test_a_decision_needs_a_reason(actor: Actor, action: str, standing: Standing) -> None:
    """Whatever is allowed beyond everybody's rights has a role in the row whose need is met."""
    row = TABLE[action]
    if decide(actor, action, standing) != "allowed" or row.anyone:
        return
    assert actor.state == "ready" or actor.state in row.settles
    if row.everyone and (actor.kind == "account" or row.guests):
        return
    reasons = [g for g in actor.grants if g.role in row.who]
    assert reasons
    assert standing.relations, "a closed object opens to nobody"
    assert any(
        g.scope == UNIVERSITY or g.scope in standing.scopes or row.who[g.role] & standing.relations
        for g in reasons
    )


@given(actors, actions, standings, grants)
def test_another_role_never_takes_a_right_away(
    actor: Actor, action: str, standing: Standing, more: Grant
) -> None:
    richer = Actor(actor.id, actor.kind, (*actor.grants, more), actor.state, actor.program)
    if decide(actor, action, standing) == "allowed":
        assert decide(richer, action, standing) == "allowed"


@given(actors, actions, standings)
def test_somewhere_is_never_narrower_than_here(actor: Actor, action: str, standing: Standing) -> None:
    if decide(actor, action, standing) == "allowed":
        assert decide_somewhere(actor, action) == "allowed"
        assert action in actions_for(actor)


@given(actors, actions)
def test_reach_is_where_a_stranger_may(actor: Actor, action: str) -> None:
    for scope in reach(actor, action):
        here = Standing(frozenset({"stranger"}), frozenset({scope} - {UNIVERSITY}))
        assert decide(actor, action, here) == "allowed"


@given(actions, standings)
def test_a_guest_never_leaves_the_lesson(action: str, standing: Standing) -> None:
    guest = Actor("g", "guest", (Grant("guest", Scope("lesson", "mine")),))
    row = TABLE[action]
    if decide(guest, action, standing) == "allowed" and not (row.anyone or row.guests):
        assert Scope("lesson", "mine") in standing.scopes


@pytest.mark.parametrize("state", [s for s in STATES if s != "ready"])
def test_who_has_something_to_settle_does_only_that(state: str) -> None:
    actor = Actor("x", grants=(Grant("admin"), Grant("teacher")), state=state)  # type: ignore[arg-type]
    for name, row in TABLE.items():
        if row.anyone:
            continue
        verdict = decide_somewhere(actor, name)
        assert (verdict == "settle") == (state not in row.settles), name
    open_to = set(actions_for(actor)) - {n for n, r in TABLE.items() if r.anyone}
    assert (
        open_to
        == {
            "change_password": {"me.read", "me.logout", "me.update", "support.ask", "me.password"},
            "enrol_otp": {"me.read", "me.logout", "me.update", "support.ask", "me.otp"},
            "consent": {"me.read", "me.logout", "me.update", "support.ask", "me.consents"},
        }[state]
    )


def test_a_programs_token_cannot_touch_the_login() -> None:
    program = Actor("x", grants=(Grant("admin"),), program=True)
    for action in ("me.password", "me.otp", "me.tokens", "me.sessions", "me.consents"):
        assert decide(program, action) == "denied"
    assert decide(program, "user.create") == "allowed"


def test_only_the_house_taps() -> None:
    for role, action in itertools.product(ROLES, ("tap.record", "tap.analyse")):
        assert decide(Actor("x", grants=(Grant(role),)), action) == "denied"
        assert decide(SYSTEM, action) == "allowed"
    assert decide(SYSTEM, "user.create") == "denied"


def test_a_faculty_role_stops_at_the_faculty() -> None:
    dean = Actor("d", grants=(Grant("dean", Scope("faculty", "f1")),))
    inside = Standing(scopes=frozenset({Scope("faculty", "f1"), Scope("group", "g")}))
    outside = Standing(scopes=frozenset({Scope("faculty", "f2")}))
    assert decide(dean, "lesson.read", inside) == "allowed"
    assert decide(dean, "lesson.read", outside) == "denied"
    assert decide(dean, "lesson.read", NOWHERE) == "denied"


def test_a_teacher_keeps_an_own_lesson_in_another_faculty_but_no_more() -> None:
    teacher = Actor("t", grants=(Grant("teacher", Scope("department", "d1")),))
    there = frozenset({Scope("department", "d2")})
    assert decide(teacher, "lesson.open", Standing(frozenset({"own"}), there)) == "allowed"
    assert decide(teacher, "lesson.open", Standing(frozenset({"stranger"}), there)) == "denied"


def test_teaching_a_lesson_does_not_widen_the_dispatchers_scope() -> None:
    both = Actor("t", grants=(Grant("teacher"), Grant("dispatcher", Scope("faculty", "f1"))))
    elsewhere = Standing(frozenset({"own"}), frozenset({Scope("faculty", "f2")}))
    assert decide(both, "lesson.delete", elsewhere) == "denied"


def test_an_object_without_relations_is_closed_even_to_admins() -> None:
    admin = Actor("a", grants=(Grant("admin"),))
    closed = Standing(frozenset(), frozenset({Scope("group", "g")}))
    assert decide(admin, "lesson.read", closed) == "denied"


def test_nobody_gives_a_role_above_their_own() -> None:
    head = Actor("h", grants=(Grant("office_head", Scope("faculty", "f1")),))
    inside = frozenset({Scope("group", "g"), Scope("faculty", "f1")})
    for role in ROLES:
        assert may_grant(head, role, inside) == (role in GRANTS["office_head"])
        assert not may_grant(head, role, frozenset({Scope("faculty", "f2")}))
        assert not may_grant(head, role, frozenset({UNIVERSITY}))
        assert not may_grant(Actor("t", grants=(Grant("teacher"),)), role, inside)
    admin = Actor("a", grants=(Grant("admin"),))
    assert not may_grant(admin, "guest", inside)
    assert all(may_grant(admin, role, inside) for role in ROLES if role != "guest")
