"""Constraints of targets and projects, and what the smart exposure order remembers of a night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns, empty: nothing is held to a constraint, and no turns were taken."""
    for table in ("project", "target"):
        op.add_column(table, sa.Column("constraints", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("target", sa.Column("smart_turns", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
