"""Imprints: what is kept of posts that moderators judged."""

import sqlalchemy as sa
from alembic import op

revision = "0011_imprints"
down_revision = "0010_flags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "imprint",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("raises", sa.Boolean(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("signs", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "stance IN ('assert', 'deny', 'ask', 'report', 'none')", name=op.f("ck_imprint_stance")
        ),
        sa.PrimaryKeyConstraint("community_id", "key", name=op.f("pk_imprint")),
    )
    op.create_index(op.f("ix_imprint_community_id_kept_on"), "imprint", ["community_id", "kept_on"])


def downgrade() -> None:
    """Refuse: going back would lose what moderators taught; restore a backup."""
    raise NotImplementedError
