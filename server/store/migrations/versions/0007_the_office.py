"""How long classes were held, excuses, head counts, sums of attendance, reopened journals, feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance_counts",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lesson", name="pk_attendance_counts"),
    )
    op.create_table(
        "attendance_excuses",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("student", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_excuses"),
    )
    with op.batch_alter_table("attendance_excuses", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_excuses_student_last", ["student", "last"], unique=False)

    op.create_table(
        "attendance_totals",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("excused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lesson", "group", name="pk_attendance_totals"),
    )
    op.create_table(
        "journal_reopenings",
        sa.Column("group", sa.String(length=16), nullable=False),
        sa.Column("semester", sa.String(length=16), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group", "semester", name="pk_journal_reopenings"),
    )
    with op.batch_alter_table("attendance_marks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group", sa.String(length=16), nullable=False, server_default=""))

    with op.batch_alter_table("lesson_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("since", sa.BigInteger(), nullable=True))

    op.create_table(
        "calendar_feeds",
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user", name="pk_calendar_feeds"),
        sa.UniqueConstraint("hash", name="uq_calendar_feeds_hash"),
    )
