"""Indexes by which records are found by the places of their files, and none that leads to nothing."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_RECORDS_OF_FILES = ("acquired_image", "flat_set_file")


def upgrade() -> None:
    """Add the indexes on places, and drop one that no query takes: that on plan and start serves them all."""
    for table in _RECORDS_OF_FILES:
        op.create_index(f"ix_{table}_file", table, ["file"])
    op.drop_index("ix_acquired_image_plan_id_status", "acquired_image")
