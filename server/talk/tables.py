"""The boxes of ballots. Not made from the trace: it holds who has voted, these hold what was chosen, and of
an anonymous poll nothing links the two."""

from sqlalchemy import JSON, BigInteger, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class BallotBox(Base):
    """One poll: `poll` is the number of its entry in the session.

    `counts` has a number for each option, `texts` the open answers in the order of the alphabet, so that
    no order of votes can be read from them. `shown` are the counts and texts that may be seen by now.
    """

    __tablename__ = "ballot_boxes"

    session: Mapped[str] = mapped_column(String(16), primary_key=True)
    poll: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    votes: Mapped[int] = mapped_column(Integer)
    counts: Mapped[list[int]] = mapped_column(JSON)
    texts: Mapped[list[str]] = mapped_column(JSON)
    shown_votes: Mapped[int] = mapped_column(Integer)
    shown_counts: Mapped[list[int]] = mapped_column(JSON)
    shown_texts: Mapped[list[str]] = mapped_column(JSON)
    closed: Mapped[bool] = mapped_column(Boolean)
