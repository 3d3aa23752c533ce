"""The first tables: library, watches, posts, notes, outbox, members, leases, settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    _create_example()
    _create_fact_check()
    _create_judgement()
    _index_judgement()
    _create_lease()
    _create_member()
    _create_note()
    _index_note()
    _create_outbox()
    _index_outbox()
    _create_post()
    _index_post()
    _create_setting()
    _create_watch()
    _create_fact_check_revision()
    _create_rating()


def _create_example() -> None:
    op.create_table(
        "example",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("raises", sa.Boolean(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("by_member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_example")),
        sa.UniqueConstraint(
            "community_id",
            "slug",
            "text_digest",
            name=op.f("uq_example_community_id_slug_text_digest"),
        ),
    )


def _create_fact_check() -> None:
    op.create_table(
        "fact_check",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'retired')",
            name=op.f("ck_fact_check_status"),
        ),
        sa.PrimaryKeyConstraint("community_id", "slug", name=op.f("pk_fact_check")),
    )


def _create_judgement() -> None:
    op.create_table(
        "judgement",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('attach', 'suggest', 'none')", name=op.f("ck_judgement_outcome")
        ),
        sa.CheckConstraint(
            "stance IN ('assert', 'deny', 'ask', 'report', 'none')",
            name=op.f("ck_judgement_stance"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "post_id", "slug", name=op.f("pk_judgement")),
    )


def _index_judgement() -> None:
    op.create_index(
        op.f("ix_judgement_community_id_at"), "judgement", ["community_id", "at"], unique=False
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _create_member() -> None:
    op.create_table(
        "member",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "member_id", name=op.f("pk_member")),
    )


def _create_note() -> None:
    op.create_table(
        "note",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("matcher", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "stance IN ('assert', 'deny', 'ask', 'report', 'none')", name=op.f("ck_note_stance")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'posted', 'withdrawn', 'failed')", name=op.f("ck_note_state")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_note")),
    )


def _index_note() -> None:
    op.create_index(
        op.f("ix_note_channel_id_message_id"),
        "note",
        ["channel_id", "message_id"],
        unique=False,
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_note_channel_id_post_id"), "note", ["channel_id", "post_id"], unique=False
    )
    op.create_index(
        op.f("ix_note_channel_id_slug_created_at"),
        "note",
        ["channel_id", "slug", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_note_community_id_created_at"),
        "note",
        ["community_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_note_place_id_created_at"), "note", ["place_id", "created_at"], unique=False
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=True),
        sa.Column("reply_to_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('attach-note', 'update-note', 'delete-note', 'answer')",
            name=op.f("ck_outbox_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'done', 'failed')", name=op.f("ck_outbox_state")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )


def _index_outbox() -> None:
    op.create_index(op.f("ix_outbox_state_number"), "outbox", ["state", "number"], unique=False)


def _create_post() -> None:
    op.create_table(
        "post",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("by_person", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "post_id", name=op.f("pk_post")),
    )


def _index_post() -> None:
    op.create_index(
        op.f("ix_post_community_id_channel_id"),
        "post",
        ["community_id", "channel_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_post_community_id_created_at"),
        "post",
        ["community_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        op.f("ix_post_community_id_parent_id"),
        "post",
        ["community_id", "parent_id"],
        unique=False,
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )


def _create_setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )


def _create_watch() -> None:
    op.create_table(
        "watch",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('auto', 'suggest', 'silent')", name=op.f("ck_watch_mode")),
        sa.PrimaryKeyConstraint("community_id", "place_id", name=op.f("pk_watch")),
    )


def _create_fact_check_revision() -> None:
    op.create_table(
        "fact_check_revision",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("by_member_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "slug"],
            ["fact_check.community_id", "fact_check.slug"],
            name=op.f("fk_fact_check_revision_community_id_fact_check"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "slug", "revision", name=op.f("pk_fact_check_revision")
        ),
    )


def _create_rating() -> None:
    op.create_table(
        "rating",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "value IN ('helpful', 'somewhat', 'not-helpful')", name=op.f("ck_rating_value")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["note.note_id"], name=op.f("fk_rating_note_id_note"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("note_id", "member_id", name=op.f("pk_rating")),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
