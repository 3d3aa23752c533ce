"""Flags: what members report to moderators, and the cards that gather the reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_flags"
down_revision = "0009_appeals"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Apply this change."""
    _create_card()
    _create_flag()


def _create_card() -> None:
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "flag_card",
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("review_place_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_by_id", sa.BigInteger(), nullable=True),
        sa.Column("put_off_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("post_deleted", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("details", document, nullable=False),
        sa.CheckConstraint("source IN ('members', 'automod')", name=op.f("ck_flag_card_source")),
        sa.CheckConstraint(
            "state IN ('open', 'agreed', 'disagreed', 'ignored')", name=op.f("ck_flag_card_state")
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_flag_card")),
        sa.UniqueConstraint(
            "community_id",
            "subject",
            "generation",
            name=op.f("uq_flag_card_community_id_subject_generation"),
        ),
    )
    for columns in (["community_id", "created_at"], ["channel_id", "post_id"]):
        op.create_index(
            op.f(f"ix_flag_card_{'_'.join(columns)}"),
            "flag_card",
            columns,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )


def _create_flag() -> None:
    op.create_table(
        "flag",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"],
            ["flag_card.card_id"],
            name=op.f("fk_flag_card_id_flag_card"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "post_id", "member_id", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_card_id"), "flag", ["card_id"])
    op.create_index(
        op.f("ix_flag_community_id_member_id_at"), "flag", ["community_id", "member_id", "at"]
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
