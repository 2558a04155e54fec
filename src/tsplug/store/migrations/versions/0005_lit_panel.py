"""Which panels tsplug has lit, and what the frames of a flat set are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NAME = "lit_panel"


def upgrade() -> None:
    """Add the table, empty, and the column: every set known so far was taken with a panel."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=f"fk_{_NAME}_profile_id", ondelete="CASCADE"),
        sa.UniqueConstraint("profile_id", name=f"uq_{_NAME}_profile_id"),
        sqlite_autoincrement=True,
    )
    op.add_column("flat_set", sa.Column("flats_type", sa.String(), nullable=False, server_default="panel"))
