"""Posts by author: for trust levels, and for a member who wants to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0012_posts_by_author"
down_revision = "0011_imprints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    known = sa.text("author_id IS NOT NULL")
    op.create_index(
        op.f("ix_post_community_id_author_id_created_at"),
        "post",
        ["community_id", "author_id", "created_at"],
        unique=False,
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
