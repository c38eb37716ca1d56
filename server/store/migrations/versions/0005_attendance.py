"""Marks of attendance, and scanned codes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance_marks",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("student", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("computed", sa.String(length=8), nullable=False),
        sa.Column("present", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("late_by", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("lesson", "student", name="pk_attendance_marks"),
    )
    with op.batch_alter_table("attendance_marks", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_marks_student_lesson", ["student", "lesson"], unique=False)

    op.create_table(
        "attendance_scans",
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("student", sa.String(length=16), nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("in_class", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("session", "student", name="pk_attendance_scans"),
    )
