"""Corrections: how each note is shown now, and what was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0002_corrections"
down_revision = "0001_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    _create_correction()
    _create_note_shown()
    op.create_index(
        op.f("ix_note_community_id_slug"),
        "note",
        ["community_id", "slug"],
        unique=False,
        sqlite_where=sa.text("state = 'posted'"),
        postgresql_where=sa.text("state = 'posted'"),
    )


def _create_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("to_revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_revision", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('edited', 'paused', 'retired', 'resumed', 'expired')",
            name=op.f("ck_correction_kind"),
        ),
        sa.PrimaryKeyConstraint(
            "community_id", "slug", "to_revision", "kind", name=op.f("pk_correction")
        ),
    )
    op.create_index(
        op.f("ix_correction_community_id_at"), "correction", ["community_id", "at"], unique=False
    )


def _create_note_shown() -> None:
    op.create_table(
        "note_shown",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "shape IN ('full', 'expired', 'paused', 'retired', 'withdrawn')",
            name=op.f("ck_note_shown_shape"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["note.note_id"],
            name=op.f("fk_note_shown_note_id_note"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_note_shown")),
    )


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
