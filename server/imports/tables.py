"""Tables of imports. Times are seconds of the real clock, like those of logins."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class ImportRow(Base):
    """One file. `preview` and `report` show cells of it, and are emptied when the file's time is over.

    `state`: uploaded, checked, running, done, stopped (the server ended in the middle), failed (`problem`
    says why), expired (its file is gone).
    """

    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[str] = mapped_column(String(16))
    created: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str] = mapped_column(String(64), default="")
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    preview: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)


class ImportMapping(Base):
    """Columns of the files of one system (AVN, Univer Plus), under a name."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)


class ImportAccount(Base):
    """An account that an import made, for its slips. `file` is the import."""

    __tablename__ = "import_accounts"
    __table_args__ = (Index(None, "file"),)

    user: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    file: Mapped[str] = mapped_column(ForeignKey("imports.id"))
