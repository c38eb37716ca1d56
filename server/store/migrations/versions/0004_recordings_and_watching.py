"""Files of recordings, and who has watched what of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recording_pauses",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_recording_pauses"),
    )
    op.create_table(
        "recording_pieces",
        sa.Column("piece", sa.String(length=16), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("codec", sa.String(length=8), nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("piece", name="pk_recording_pieces"),
    )
    with op.batch_alter_table("recording_pieces", schema=None) as batch_op:
        batch_op.create_index("ix_recording_pieces_lesson_starts", ["lesson", "starts"], unique=False)
        batch_op.create_index("ix_recording_pieces_session_starts", ["session", "starts"], unique=False)

    op.create_table(
        "watched_ranges",
        sa.Column("lesson", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lesson", "person", name="pk_watched_ranges"),
    )
