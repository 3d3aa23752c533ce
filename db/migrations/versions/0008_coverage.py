"""Coverage: what was read of each place, and where something may have been missed."""

import sqlalchemy as sa
from alembic import op

revision = "0008_coverage"
down_revision = "0007_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "coverage",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("complete_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gap_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "place_id", name=op.f("pk_coverage")),
    )
    op.create_index(
        op.f("ix_liked_post_community_id_by_person"),
        "liked_post",
        ["community_id", "by_person"],
        sqlite_where=sa.text("by_person IS NULL"),
        postgresql_where=sa.text("by_person IS NULL"),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
