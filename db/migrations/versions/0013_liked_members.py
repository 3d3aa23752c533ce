"""Who got likes on which days, without a look at those who only gave some."""

import sqlalchemy as sa
from alembic import op

revision = "0013_liked_members"
down_revision = "0012_posts_by_author"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_index(
        op.f("ix_tally_member_community_id_day_member_id_received"),
        "tally_member",
        ["community_id", "day", "member_id", "received"],
        sqlite_where=sa.text("received > 0"),
        postgresql_where=sa.text("received > 0"),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
