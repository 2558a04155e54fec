"""Which cameras tsplug has brought to another readout mode, and what it was before; flat sets are found by kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NAME = "changed_readout_mode"


def upgrade() -> None:
    """Add the table, empty, and the index by which one learns whether a profile takes dark flats."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("mode_before", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=f"fk_{_NAME}_profile_id", ondelete="CASCADE"),
        sa.UniqueConstraint("profile_id", name=f"uq_{_NAME}_profile_id"),
        sqlite_autoincrement=True,
    )
    columns = ["profile_id", "flats_type", "state"]
    op.create_index(f"ix_flat_set_{'_'.join(columns)}", "flat_set", columns)
