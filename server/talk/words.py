"""The passing news of talking: reactions of the last second, counts of the polls that are open."""

import msgspec

from server.live.words import Word


class Results(msgspec.Struct, frozen=True):
    """Of one poll. `counts` as its options; `texts` of open answers. `withheld`: there are so few votes
    that counts would tell who voted what."""

    poll: int
    votes: int
    counts: list[int]
    texts: list[str]
    withheld: bool


class PollsNews(Word, tag_field="type", tag="polls"):
    polls: list[Results]


class ReactionsNews(Word, tag_field="type", tag="reactions"):
    """How many sent which reaction since the last such news, a second ago at the earliest."""

    counts: dict[str, int]
