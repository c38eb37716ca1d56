"""Who agrees to the recording of a meeting that is recorded only if everybody does."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recording_agreements",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("session", "person", name="pk_recording_agreements"),
    )
