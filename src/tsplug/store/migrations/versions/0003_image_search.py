"""Indexes for every way in which images are searched."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = (
    ("plan_id", "started"),
    ("profile_id", "status", "started"),
    ("profile_id", "filter_name", "started"),
    ("filter_name", "started"),
    ("filter_name", "status", "started"),
)


def upgrade() -> None:
    """Add the indexes; nothing else changes."""
    for columns in _COLUMNS:
        op.create_index(f"ix_acquired_image_{'_'.join(columns)}", "acquired_image", list(columns))
