"""Imports of files, kept mappings of their columns, and the accounts they made."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_mappings"),
        sa.UniqueConstraint("kind", "name", name="uq_import_mappings_kind_name"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_created", ["created"], unique=False)

    op.create_table(
        "import_accounts",
        sa.Column("user", sa.String(length=16), nullable=False),
        sa.Column("file", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["imports.id"], name="fk_import_accounts_file"),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_import_accounts_user"),
        sa.PrimaryKeyConstraint("user", name="pk_import_accounts"),
    )
    with op.batch_alter_table("import_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_import_accounts_file", ["file"], unique=False)
