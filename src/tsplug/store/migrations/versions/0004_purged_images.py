"""What is left of purged images."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NAME = "purged_image"


def upgrade() -> None:
    """Add the table; what was purged before is not known and stays unknown."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=f"fk_{_NAME}_target_id", ondelete="CASCADE"),
        sa.UniqueConstraint("guid", name=f"uq_{_NAME}_guid"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{_NAME}_target_id", _NAME, ["target_id"])
