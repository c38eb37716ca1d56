"""Seats in computer classes that were asked for, and registered photos."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exam_candidates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("room", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("proctor", sa.String(length=16), server_default="", nullable=False))
    op.create_table(
        "registered_photos",
        sa.Column("person", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("objection", sa.String(length=500), nullable=False),
        sa.Column("objected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_registered_photos"),
    )
