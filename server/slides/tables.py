"""The table of decks, made from the trace. Times are microseconds of session time."""

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class SlideDeck(Base):
    """One uploaded file of one lesson.

    `kind` is `pdf`, `picture` or `office`; `state` is `waiting` (until every page is drawn), `ready`,
    `failed` (`problem` says why) or `removed` (its files are gone, the row stays). `sizes` are width and
    height of each page's larger picture. `shown`: it was on the stage once, so the recording needs it.
    """

    __tablename__ = "slide_decks"
    __table_args__ = (Index(None, "lesson", "created"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    lesson: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    ending: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    created: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    problem: Mapped[str] = mapped_column(String(64), default="")
    sizes: Mapped[list[tuple[int, int]]] = mapped_column(JSON, default=list)
    download: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[bool] = mapped_column(default=False)
