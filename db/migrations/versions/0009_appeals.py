"""Appeals against moderators' cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_appeals"
down_revision = "0008_coverage"
branch_labels = None
depends_on = None

KINDS = (
    "'note', 'warn', 'timeout', 'untimeout', 'kick', 'ban', 'unban', 'purge', 'slowmode', 'lock', "
    "'unlock', 'factcheck_attach', 'factcheck_withdraw'"
)


def upgrade() -> None:
    """Apply this change."""
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "appeal",
        sa.Column("appeal_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("case_kind", sa.Text(), nullable=False),
        sa.Column("case_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_place_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=True),
        sa.Column("said", document, nullable=False),
        sa.CheckConstraint(f"case_kind IN ({KINDS})", name=op.f("ck_appeal_case_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'asked', 'accepted', 'rejected')", name=op.f("ck_appeal_state")
        ),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal")),
    )
    op.create_index(
        op.f("ix_appeal_community_id_member_id"),
        "appeal",
        ["community_id", "member_id"],
        unique=False,
    )
    waiting = sa.text("state IN ('open', 'asked')")
    op.create_index(
        op.f("ix_appeal_community_id_opened_at"),
        "appeal",
        ["community_id", "opened_at"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
