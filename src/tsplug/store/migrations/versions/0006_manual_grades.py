"""What stands by hand, what was before every change of status, and who measured a host's numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NO = sa.text("false")
_FILLED = sa.text("batch IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the table; a light that was rejected by hand elsewhere stands by hand here too."""
    op.add_column("acquired_image", sa.Column("manual", sa.Boolean(), nullable=False, server_default=_NO))
    op.add_column("acquired_image", sa.Column("host_detector", sa.String(), nullable=False, server_default=""))
    op.add_column("acquired_image", sa.Column("guide_scale_arcsec", sa.Float(), nullable=True))
    op.execute("UPDATE acquired_image SET manual = true WHERE status = 'rejected' AND reject_reason = 'Manual'")
    op.add_column("status_change", sa.Column("manual", sa.Boolean(), nullable=False, server_default=_NO))
    op.add_column("status_change", sa.Column("batch", sa.String(), nullable=True))
    op.add_column("status_change", sa.Column("from_reason", sa.String(), nullable=False, server_default=""))
    op.add_column("status_change", sa.Column("from_manual", sa.Boolean(), nullable=False, server_default=_NO))
    op.create_index("ix_status_change_at_image_id", "status_change", ["at", "image_id"])
    op.create_index(
        "ix_status_change_batch", "status_change", ["batch"], sqlite_where=_FILLED, postgresql_where=_FILLED
    )
    op.create_table(
        "manual_grading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guid", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_manual_grading"),
        sa.UniqueConstraint("guid", name="uq_manual_grading_guid"),
        sqlite_autoincrement=True,
    )
