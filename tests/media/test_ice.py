"""The ICE-lite agent: which checks are answered, which path is followed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from media.ice import MAX_PATHS, Agent, Credentials
from media.wire import stun

OLD = Credentials("old1", b"password-of-the-old-one", "them")
NEW = Credentials("new1", b"password-of-the-new-one", "they")
SOURCE = ("192.0.2.7", 5000)


class Way:
    """A path that remembers whether it is wanted."""

    kind = "udp"

    def __init__(self, name: str) -> None:
        self.name = name
        self.forgotten = False

    def send(self, data: bytes) -> bool:
        return True

    def forget(self) -> None:
        self.forgotten = True


def request(
    known: Credentials, *, nominate: bool = False, password: bytes = b"", theirs: str = ""
) -> stun.Message:
    return stun.parse(
        stun.binding_request(
            bytes(12),
            f"{known.ufrag}:{theirs or known.remote_ufrag}",
            password or known.password,
            priority=1,
            tie_breaker=9,
            use_candidate=nominate,
        )
    )


def test_a_right_check_is_answered_with_the_source() -> None:
    answer = Agent([OLD]).check(request(OLD), SOURCE)
    assert answer.verdict == "ok"
    assert answer.reply is not None
    reply = stun.parse(answer.reply)
    assert (reply.kind, reply.mapped) == (stun.SUCCESS, SOURCE)
    assert reply.integrity_holds(OLD.password)


def test_wrong_ones_get_silence() -> None:
    agent: Agent[Any] = Agent([OLD])
    for message, verdict in (
        (request(OLD, password=b"wrong"), "integrity"),
        (request(OLD, theirs="other"), "username"),
        (request(NEW), "username"),
        (stun.parse(stun.build(stun.REQUEST, bytes(12), [(stun.USERNAME, b"old1:them")], None)), "integrity"),
    ):
        answer = agent.check(message, SOURCE)
        assert (answer.verdict, answer.reply) == (verdict, None)


def test_unknown_attributes_and_roles_are_told() -> None:
    agent: Agent[Any] = Agent([OLD])
    attributes = [(stun.USERNAME, b"old1:them"), (0x7777, b"")]
    odd = stun.parse(stun.build(stun.REQUEST, bytes(12), attributes, OLD.password))
    answer = agent.check(odd, SOURCE)
    assert answer.reply is not None
    assert stun.parse(answer.reply).error == 420


def test_the_old_ufrag_is_valid_until_the_new_one_is_nominated() -> None:
    released: list[str] = []
    agent: Agent[Any] = Agent([OLD], released=released.append)
    agent.restart(NEW)
    assert agent.check(request(OLD, nominate=True), SOURCE).verdict == "nominated"
    assert agent.check(request(NEW), SOURCE).verdict == "ok"
    assert agent.check(request(OLD), SOURCE).verdict == "ok"
    assert released == []
    assert agent.check(request(NEW, nominate=True), SOURCE).verdict == "nominated"
    assert released == ["old1"]
    assert agent.check(request(OLD), SOURCE).verdict == "username"


def test_a_second_restart_replaces_the_first() -> None:
    released: list[str] = []
    agent: Agent[Any] = Agent([OLD], released=released.append)
    agent.restart(NEW)
    agent.restart(Credentials("newer", b"x" * 22, "they"))
    assert released == ["new1"]
    assert [known.ufrag for known in agent.valid] == ["old1", "newer"]


def test_the_first_proven_path_serves_until_one_is_nominated() -> None:
    agent: Agent[Any] = Agent([OLD])
    first, second = Way("first"), Way("second")
    agent.proven(first, nominate=False)
    assert agent.nominated is first
    agent.proven(second, nominate=False)
    assert agent.nominated is first
    agent.proven(second, nominate=True)
    assert agent.nominated is second
    agent.lost(second)
    assert agent.nominated is first
    agent.lost(first)
    assert agent.nominated is None


@given(steps=st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.booleans()), max_size=200))
def test_paths_are_bounded_and_the_nominated_one_is_kept(steps: list[tuple[int, bool, bool]]) -> None:
    agent: Agent[Any] = Agent([OLD])
    ways = {i: Way(str(i)) for i in range(61)}
    for number, nominate, lose in steps:
        way = ways[number]
        if lose:
            agent.lost(way)
        else:
            agent.proven(way, nominate=nominate)
            if nominate:
                assert agent.nominated is way
        assert len(agent.paths) <= MAX_PATHS
        assert len(set(map(id, agent.paths))) == len(agent.paths)
        assert agent.nominated is None or agent.nominated in agent.paths
        assert (agent.nominated is None) == (not agent.paths)
