"""The trace."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "trace_entries",
        sa.Column("seq", _number, autoincrement=False, nullable=False),
        sa.Column("session", sa.String(128), nullable=False),
        sa.Column("session_seq", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("mono", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("commitment", sa.LargeBinary(32), nullable=False),
        sa.Column("prev", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_trace_entries"),
    )
    op.create_index("ix_trace_entries_kind_seq", "trace_entries", ["kind", "seq"])
    op.create_index(
        "ix_trace_entries_session_session_seq", "trace_entries", ["session", "session_seq"], unique=True
    )
    op.create_table(
        "trace_data",
        sa.Column("seq", _number, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("idem", sa.String(128), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_trace_data"),
    )
    op.create_table(
        "trace_keys",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_trace_keys"),
        sa.UniqueConstraint("seq", name="uq_trace_keys_seq"),
    )
    op.create_table(
        "trace_projections",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_trace_projections"),
    )
