"""States of plans that a regrade leads to themselves; none is known yet, and each is found by the next regrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_NAME = "settled_plan"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("processed", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Integer(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.ForeignKeyConstraint(["plan_id"], ["exposure_plan.id"], name=f"fk_{_NAME}_plan_id", ondelete="CASCADE"),
        sa.UniqueConstraint("plan_id", name=f"uq_{_NAME}_plan_id"),
        sqlite_autoincrement=True,
    )
