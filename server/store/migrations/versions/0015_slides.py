"""Slides: decks of lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slide_decks",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("download", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slide_decks"),
    )
    with op.batch_alter_table("slide_decks", schema=None) as batch_op:
        batch_op.create_index("ix_slide_decks_lesson_created", ["lesson", "created"], unique=False)
