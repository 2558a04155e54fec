"""The journal of files that were moved because their frames were rejected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "file_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("image_guid", sa.String(), nullable=False),
        sa.Column("from_file", sa.String(), nullable=False),
        sa.Column("to_file", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_file_move"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_move_image_id_state", "file_move", ["image_id", "state"])
    op.create_index("ix_file_move_state", "file_move", ["state"])
