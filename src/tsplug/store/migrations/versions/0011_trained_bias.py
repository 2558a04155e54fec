"""What the camera shows without light, beside the level of a trained panel setting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("trained_flat", sa.Column("bias_adu", sa.Float(), nullable=True))
