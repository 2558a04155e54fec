"""Headers as they were before they were written, and where frames look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_FLOATS = (
    *("ra_deg", "dec_deg", "scale_arcsec", "position_angle_deg", "residual_arcsec", "offset_ra_arcsec"),
    *("offset_dec_arcsec", "offset_arcsec", "rotation_error_deg", "scale_error_percent"),
)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "kept_header",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_header"),
        _of_image("kept_header"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_header_image_id", "kept_header", ["image_id"])
    op.create_index("ix_kept_header_file", "kept_header", ["file"])
    op.create_table(
        "frame_solution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("solver", sa.String(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in _FLOATS),
        sa.Column("mirrored", sa.Boolean(), nullable=True),
        sa.Column("cd", sa.JSON(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("on_target", sa.Boolean(), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_frame_solution"),
        _of_image("frame_solution"),
        sa.UniqueConstraint("image_id", name="uq_frame_solution_image_id"),
        sqlite_autoincrement=True,
    )


def _of_image(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_image_id"
    return sa.ForeignKeyConstraint(["image_id"], ["acquired_image.id"], name=name, ondelete="CASCADE")
