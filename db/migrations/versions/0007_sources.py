"""Sources: what is known of the pages that fact-checks cite."""

import sqlalchemy as sa
from alembic import op

revision = "0007_sources"
down_revision = "0006_moderation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    op.create_table(
        "source_state",
        sa.Column("url_digest", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "health IN ('fine', 'moved', 'troubled', 'dead')",
            name=op.f("ck_source_state_health"),
        ),
        sa.PrimaryKeyConstraint("url_digest", name=op.f("pk_source_state")),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
