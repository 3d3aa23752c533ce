"""When a digest's schedule was changed last: earlier moments of it were not missed."""

import sqlalchemy as sa
from alembic import op

revision = "0014_digest_scheduled"
down_revision = "0013_liked_members"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.add_column(
        "digest_plan", sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
