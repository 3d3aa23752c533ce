"""The most liked posts of each day in the order in which they are read, however many are equal."""

import sqlalchemy as sa
from alembic import op

revision = "0015_most_liked_posts"
down_revision = "0014_digest_scheduled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    liked = sa.text("likes > 0")
    op.drop_index(op.f("ix_liked_post_community_id_created_day_likes"), table_name="liked_post")
    op.create_index(
        op.f("ix_liked_post_community_id_created_day_likes_post_id"),
        "liked_post",
        ["community_id", "created_day", sa.text("likes DESC"), "post_id"],
        sqlite_where=liked,
        postgresql_where=liked,
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
