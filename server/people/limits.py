"""Rate limits for attempts to log in: token buckets with bounded memory. Pure: `now` is an argument.

Flows in: keys and the time. Flows out: 0, or the seconds to wait. An attempt is charged before the
password is checked, so that a storm cannot slip through side by side, and given back when it succeeds.

A computer class shares one address (R16), so an address alone is allowed much, an account from one
address little, and an account from everywhere something between: a stranger far away cannot lock a
student out by guessing a few times, and many addresses guess one account no faster.
"""

import math
from collections import OrderedDict
from typing import NamedTuple


class Limit(NamedTuple):
    """`burst` attempts at once, then one each `seconds`."""

    burst: int
    seconds: float


PAIR = Limit(8, 60.0)
ACCOUNT = Limit(40, 30.0)
ADDRESS = Limit(200, 4.0)
GUEST = Limit(60, 5.0)

MAX_KEYS = 20_000
"""Buckets kept per limit; the longest untouched goes first."""


class Buckets:
    """One limit over many keys."""

    def __init__(self, limit: Limit, most: int = MAX_KEYS) -> None:
        self._limit = limit
        self._most = most
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._spent)

    def wait(self, key: str, now: float) -> int:
        """Whole seconds until one more attempt is free, 0 for now. Charges nothing."""
        spent = self._at(key, now)
        over = spent + 1 - self._limit.burst
        return math.ceil(over * self._limit.seconds) if over > 1e-9 else 0

    def charge(self, key: str, now: float) -> None:
        self._put(key, self._at(key, now) + 1, now)

    def give_back(self, key: str, now: float) -> None:
        self._put(key, max(0.0, self._at(key, now) - 1), now)

    def forget(self, key: str) -> None:
        self._spent.pop(key, None)

    def _at(self, key: str, now: float) -> float:
        spent, then = self._spent.get(key, (0.0, now))
        return max(0.0, spent - max(0.0, now - then) / self._limit.seconds)

    def _put(self, key: str, spent: float, now: float) -> None:
        self._spent[key] = (spent, now)
        self._spent.move_to_end(key)
        if spent <= 0.0:
            del self._spent[key]
        elif len(self._spent) > self._most:
            self._spent.popitem(last=False)


class LoginLimits:
    """The three limits of a login together."""

    def __init__(self) -> None:
        self._pairs = Buckets(PAIR)
        self._accounts = Buckets(ACCOUNT)
        self._addresses = Buckets(ADDRESS)

    def attempt(self, login: str, place: str, now: float) -> int:
        """Charge one attempt on a (folded) login from a place, or say how long to wait (and charge none)."""
        held = self._held(login, place)
        wait = max(buckets.wait(key, now) for buckets, key in held)
        if wait == 0:
            for buckets, key in held:
                buckets.charge(key, now)
        return wait

    def refund(self, login: str, place: str, now: float) -> None:
        """The attempt was half of a login (the code is to come): it does not count, and wipes nothing,
        or asking for the code again and again would make guessing it free."""
        for buckets, key in self._held(login, place):
            buckets.give_back(key, now)

    def succeeded(self, login: str, place: str, now: float) -> None:
        """The attempt was right in full: only wrong ones count."""
        self.refund(login, place, now)
        self._pairs.forget(f"{login}\0{place}")

    def _held(self, login: str, place: str) -> list[tuple[Buckets, str]]:
        return [
            (self._pairs, f"{login}\0{place}"),
            (self._accounts, login),
            (self._addresses, place),
        ]
