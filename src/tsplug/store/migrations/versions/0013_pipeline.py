"""How the image pipeline works on the frames of a rig."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; every rig has the defaults."""
    op.add_column("profile", sa.Column("pipeline", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
