"""What is said about a lesson beside the plan: the log of the board, made from the trace."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class BoardEntry(Base):
    """One line of the log. `n` is the trace's number of the entry; `kind`: moved, substituted, explained,
    noted. `was` and `now`: the beginning of a moved lesson before and after, 0 for others."""

    __tablename__ = "board_entries"
    __table_args__ = (Index(None, "lesson", "n"), Index(None, "was"))

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lesson: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(1000), default="")
    was: Mapped[int] = mapped_column(BigInteger, default=0)
    now: Mapped[int] = mapped_column(BigInteger, default=0)
    author: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)
