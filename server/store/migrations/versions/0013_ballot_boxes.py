"""Boxes of the ballots of polls in class."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot_boxes",
        sa.Column("session", sa.String(length=16), nullable=False),
        sa.Column("poll", sa.BigInteger(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("shown_votes", sa.Integer(), nullable=False),
        sa.Column("shown_counts", sa.JSON(), nullable=False),
        sa.Column("shown_texts", sa.JSON(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("session", "poll", name="pk_ballot_boxes"),
    )
