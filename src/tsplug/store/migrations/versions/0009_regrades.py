"""The journal of regrading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_NAME = "regrade_run"
_COUNTS = (
    "last_target_id",
    "processed",
    "updated",
    "skipped_manual",
    "plans_completed",
    "plans_reopened",
    "targets_completed",
    "targets_reopened",
)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.UniqueConstraint("guid", name=f"uq_{_NAME}_guid"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{_NAME}_state", _NAME, ["state"])
