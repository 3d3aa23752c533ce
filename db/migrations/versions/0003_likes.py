"""Likes: reactions as facts, what counts, and the tallies that follow."""

import sqlalchemy as sa
from alembic import op

revision = "0003_likes"
down_revision = "0002_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    _create_like_emoji()
    _create_liked_post()
    _create_reaction()
    _create_tally_member()
    _create_tally_moment()
    _create_tally_place()


def _create_like_emoji() -> None:
    op.create_table(
        "like_emoji",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "emoji", name=op.f("pk_like_emoji")),
    )


def _create_liked_post() -> None:
    op.create_table(
        "liked_post",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("by_person", sa.Boolean(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("created_day", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "post_id", name=op.f("pk_liked_post")),
        sqlite_with_rowid=False,
    )
    for name in ("author_id", "channel_id"):
        op.create_index(
            op.f(f"ix_liked_post_community_id_{name}"), "liked_post", ["community_id", name]
        )
    op.create_index(
        op.f("ix_liked_post_community_id_created_day_likes"),
        "liked_post",
        ["community_id", "created_day", "likes"],
        sqlite_where=sa.text("likes > 0"),
        postgresql_where=sa.text("likes > 0"),
    )


def _create_reaction() -> None:
    op.create_table(
        "reaction",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("normal", sa.Boolean(), nullable=False),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.Column("normal_order", sa.BigInteger(), nullable=False),
        sa.Column("burst_order", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "community_id", "post_id", "member_id", "emoji", name=op.f("pk_reaction")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_reaction_community_id_member_id_given"),
        "reaction",
        ["community_id", "member_id", "given"],
    )


def _create_tally_member() -> None:
    op.create_table(
        "tally_member",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "day", "member_id", name=op.f("pk_tally_member")),
        sqlite_with_rowid=False,
    )


def _create_tally_moment() -> None:
    op.create_table(
        "tally_moment",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "quarter", name=op.f("pk_tally_moment")),
        sqlite_with_rowid=False,
    )


def _create_tally_place() -> None:
    op.create_table(
        "tally_place",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "day", "channel_id", name=op.f("pk_tally_place")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
