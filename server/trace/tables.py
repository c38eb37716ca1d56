"""Tables of the trace. docs/trace.md explains every column to people who write a verifier.

`trace_entries` is never updated. What an entry says lies apart in `trace_data`, so that it can be
erased while the chain stays whole; `trace_keys` finds repeats and can be rebuilt from both.
"""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.store.base import Base


class EntryRow(Base):
    __tablename__ = "trace_entries"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    session: Mapped[str] = mapped_column(String(128))
    session_seq: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[int] = mapped_column(BigInteger)
    mono: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(64))
    commit: Mapped[bytes] = mapped_column("commitment", LargeBinary(32), key="commit")
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (
        Index("ix_trace_entries_session_session_seq", "session", "session_seq", unique=True),
        Index("ix_trace_entries_kind_seq", "kind", "seq"),
        Index("ix_trace_entries_actor_seq", "actor", "seq"),
    )


class DataRow(Base):
    """What an entry says (`data`, JSON), the caller's idempotency key (`idem`, may be empty), and the
    random key of the commitment. The row goes when the entry is erased."""

    __tablename__ = "trace_data"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    idem: Mapped[str] = mapped_column(String(128))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class KeyRow(Base):
    """Finds the entry of an idempotency key. `digest` is SHA-256 over session, actor and key."""

    __tablename__ = "trace_keys"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)


class CheckpointRow(Base):
    """A head that the house signed. `n` counts from 1 without gaps; `key` is the public key."""

    __tablename__ = "trace_checkpoints"

    n: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    seq: Mapped[int] = mapped_column(BigInteger)
    time: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class ProjectionRow(Base):
    """How far a projection is: every entry up to `seq` is in its tables, by its `version`."""

    __tablename__ = "trace_projections"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(BigInteger)
