"""Which metrics of an image the host reported, so that measuring again replaces only what was measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; of images that were measured before nobody noted it."""
    op.add_column("acquired_image", sa.Column("host_metrics", sa.JSON(), nullable=True))
