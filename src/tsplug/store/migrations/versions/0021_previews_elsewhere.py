"""Where the picture of a frame goes that cannot or shall not lie beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column; pictures of jobs before lie where their rigs want them."""
    op.add_column("job", sa.Column("previews", sa.String(), nullable=False, server_default=""))
