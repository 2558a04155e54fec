"""For how long jobs have waited for a disk or a storage that does not answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the column; no job has waited."""
    op.add_column("job", sa.Column("away_s", sa.Float(), nullable=False, server_default="0"))
