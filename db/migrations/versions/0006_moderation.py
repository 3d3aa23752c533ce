"""Moderation: cases with their numbers, and the audit of commands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_moderation"
down_revision = "0005_digests"
branch_labels = None
depends_on = None

KINDS = (
    "'note', 'warn', 'timeout', 'untimeout', 'kick', 'ban', 'unban', 'purge', 'slowmode', 'lock', "
    "'unlock', 'factcheck_attach', 'factcheck_withdraw'"
)


def upgrade() -> None:
    """Apply this change."""
    _create_case()
    op.create_table(
        "case_counter",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_case_counter")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_community_id_number"),
        "audit_entry",
        ["community_id", "number"],
        unique=False,
    )


def _create_case() -> None:
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "moderation_case",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("details", document, nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("notes", document, nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_moderation_case_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'failed')", name=op.f("ck_moderation_case_state")
        ),
        sa.PrimaryKeyConstraint("community_id", "number", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint(
            "community_id", "origin", name=op.f("uq_moderation_case_community_id_origin")
        ),
    )
    op.create_index(
        op.f("ix_moderation_case_community_id_target_id_number"),
        "moderation_case",
        ["community_id", "target_id", "number"],
        unique=False,
    )
    ends = sa.text("ends_at IS NOT NULL AND ended_at IS NULL")
    op.create_index(
        op.f("ix_moderation_case_ends_at"),
        "moderation_case",
        ["ends_at"],
        unique=False,
        sqlite_where=ends,
        postgresql_where=ends,
    )
    pending = sa.text("state = 'pending'")
    op.create_index(
        op.f("ix_moderation_case_community_id"),
        "moderation_case",
        ["community_id"],
        unique=False,
        sqlite_where=pending,
        postgresql_where=pending,
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
