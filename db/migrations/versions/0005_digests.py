"""Digests: what communities want, the ledger of runs, and what their figures are read by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_digests"
down_revision = "0004_trust"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    _create_digest_plan()
    _create_digest_run()
    op.create_index(
        op.f("ix_post_community_id_channel_id_created_at_author_id"),
        "post",
        ["community_id", "channel_id", "created_at", "author_id"],
        sqlite_where=sa.text("deleted_at IS NULL AND by_person IS 1"),
        postgresql_where=sa.text("deleted_at IS NULL AND by_person IS true"),
    )
    op.create_index(op.f("ix_rating_at"), "rating", ["at"])


def _create_digest_plan() -> None:
    op.create_table(
        "digest_plan",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("moderators_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("names_in_archive", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('daily', 'weekly', 'monthly')", name=op.f("ck_digest_plan_cadence")
        ),
        sa.CheckConstraint(
            "weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', "
            "'sunday')",
            name=op.f("ck_digest_plan_weekday"),
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_digest_plan")),
    )


def _create_digest_run() -> None:
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "digest_run",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("content", document, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("messages", document, nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "audience IN ('members', 'moderators')", name=op.f("ck_digest_run_audience")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'done', 'skipped', 'blocked', 'failed')",
            name=op.f("ck_digest_run_state"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "audience", "period_key", name=op.f("pk_digest_run")
        ),
    )
    op.create_index(
        op.f("ix_digest_run_community_id_ends_at"), "digest_run", ["community_id", "ends_at"]
    )
    op.create_index(
        op.f("ix_digest_run_state_retry_at"),
        "digest_run",
        ["state", "retry_at"],
        sqlite_where=sa.text("state IN ('pending', 'blocked')"),
        postgresql_where=sa.text("state IN ('pending', 'blocked')"),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
