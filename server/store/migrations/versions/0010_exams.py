"""Exams: documents of rules, settings, candidates, lines."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_rules",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("protocol", sa.String(length=100), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("approved_by", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exam_rules"),
    )
    op.create_table(
        "exams",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("rules", sa.String(length=16), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lesson", name="pk_exams"),
    )
    op.create_table(
        "exam_candidates",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("off", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("seat", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("lesson", "person", name="pk_exam_candidates"),
    )
    op.create_table(
        "exam_lines",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_exam_lines"),
    )
    with op.batch_alter_table("exam_lines", schema=None) as batch_op:
        batch_op.create_index("ix_exam_lines_lesson_n", ["lesson", "n"], unique=False)
        batch_op.create_index("ix_exam_lines_person_kind", ["person", "kind"], unique=False)
