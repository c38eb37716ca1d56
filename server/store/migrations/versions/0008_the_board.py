"""The log of the board, visits, how people and departments are reached."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_entries",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("was", sa.BigInteger(), nullable=False),
        sa.Column("now", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_board_entries"),
    )
    with op.batch_alter_table("board_entries", schema=None) as batch_op:
        batch_op.create_index("ix_board_entries_lesson_n", ["lesson", "n"], unique=False)
        batch_op.create_index("ix_board_entries_was", ["was"], unique=False)

    op.create_table(
        "live_visits",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_live_visits"),
    )
    with op.batch_alter_table("live_visits", schema=None) as batch_op:
        batch_op.create_index("ix_live_visits_lesson_person", ["lesson", "person"], unique=False)

    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact", sa.String(length=200), nullable=False, server_default=""))

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=40), nullable=False, server_default=""))
