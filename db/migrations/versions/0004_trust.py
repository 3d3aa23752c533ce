"""Rules, reviews, labels, reasons, standings, withdrawals, pauses and requests.

The outbox's kinds lose their check: every feature adds kinds.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_trust"
down_revision = "0003_likes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    _free_the_kinds()
    _create_check_request()
    _create_label()
    _create_note_rules()
    _create_pause()
    _create_review()
    _create_requester()
    _create_standing()
    _create_withdrawal()
    _create_rating_reason()


def _free_the_kinds() -> None:
    """Drop the check on kinds; SQLite can only do so by copying the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_outbox_kind"), "outbox", type_="check")
        return
    with op.batch_alter_table("outbox", copy_from=_outbox(), recreate="always"):
        pass


def _outbox() -> sa.Table:
    """Return the outbox as it is to be: alembic reads no checks back from SQLite."""
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Table(
        "outbox",
        sa.MetaData(),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=True),
        sa.Column("reply_to_id", sa.BigInteger(), nullable=True),
        sa.Column("content", document, nullable=False),
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
            "state IN ('waiting', 'sending', 'done', 'failed')", name="ck_outbox_state"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.Index("ix_outbox_state_number", "state", "number"),
        sqlite_autoincrement=True,
    )


def _create_check_request() -> None:
    op.create_table(
        "check_request",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", "post_id", name=op.f("pk_check_request")),
    )
    op.create_index(
        op.f("ix_check_request_community_id"),
        "check_request",
        ["community_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _create_label() -> None:
    op.create_table(
        "label",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("by_member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "post_id", "slug", name=op.f("pk_label")),
    )
    op.create_index(
        op.f("ix_label_community_id_slug_at"), "label", ["community_id", "slug", "at"], unique=False
    )


def _create_note_rules() -> None:
    op.create_table(
        "note_rules",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("review_place_id", sa.BigInteger(), nullable=True),
        sa.Column("auto_threshold", sa.Float(), nullable=True),
        sa.Column("suggest_threshold", sa.Float(), nullable=True),
        sa.Column("earned", sa.Boolean(), nullable=False),
        sa.Column("hold_seconds", sa.Float(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_note_rules")),
    )


def _create_pause() -> None:
    op.create_table(
        "pause",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_member_id", sa.BigInteger(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("community_id", "place_id", name=op.f("pk_pause")),
    )


def _create_review() -> None:
    op.create_table(
        "review",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("review_place_id", sa.BigInteger(), nullable=False),
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
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('suggestion', 'appeal', 'unhelpful', 'breaker')", name=op.f("ck_review_kind")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'attached', 'wrong', 'kept', 'resumed', 'outdated')",
            name=op.f("ck_review_state"),
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review")),
    )
    op.create_index(
        op.f("ix_review_channel_id_post_id"),
        "review",
        ["channel_id", "post_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_review_community_id"),
        "review",
        ["community_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _create_requester() -> None:
    op.create_table(
        "requester",
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "post_id"],
            ["check_request.channel_id", "check_request.post_id"],
            name=op.f("fk_requester_channel_id_check_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "post_id", "member_id", name=op.f("pk_requester")),
    )
    op.create_index(
        op.f("ix_requester_community_id_member_id_at"),
        "requester",
        ["community_id", "member_id", "at"],
        unique=False,
    )


def _create_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("candidate_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "candidate IN ('needs-more', 'helpful', 'not-helpful')",
            name=op.f("ck_standing_candidate"),
        ),
        sa.CheckConstraint(
            "standing IN ('needs-more', 'helpful', 'not-helpful')",
            name=op.f("ck_standing_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["note.note_id"], name=op.f("fk_standing_note_id_note"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_standing")),
    )


def _create_withdrawal() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by_member_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('moderator', 'ratings')", name=op.f("ck_withdrawal_cause")),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["note.note_id"],
            name=op.f("fk_withdrawal_note_id_note"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_withdrawal")),
    )


def _create_rating_reason() -> None:
    op.create_table(
        "rating_reason",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id", "member_id"],
            ["rating.note_id", "rating.member_id"],
            name=op.f("fk_rating_reason_note_id_rating"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "member_id", "reason", name=op.f("pk_rating_reason")),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
