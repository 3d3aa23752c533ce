"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this change."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: going back would lose what members entrusted to the bot; restore a backup."""
    raise NotImplementedError
