"""Reviews of exams, line by line."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_lines",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_review_lines"),
    )
    with op.batch_alter_table("review_lines", schema=None) as batch_op:
        batch_op.create_index("ix_review_lines_lesson_n", ["lesson", "n"], unique=False)
        batch_op.create_index("ix_review_lines_person", ["person"], unique=False)
