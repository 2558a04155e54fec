"""The queue of the image pipeline: when a job may begin, what is switched in it, who wants it, how far modules are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_STATES = {"queued": "pending", "done": "completed"}


def upgrade() -> None:
    """Add the columns, and give states the words that users read."""
    op.add_column("job", sa.Column("switched", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("job", sa.Column("submitted_by", sa.String(), nullable=False, server_default=""))
    op.add_column("job", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("job", sa.Column("cancel_wanted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("ALTER TABLE job_step RENAME COLUMN result TO state")
    for table in ("job", "job_step"):
        for old, new in _STATES.items():
            words = {"old": old, "new": new}
            op.execute(sa.text(f"UPDATE {table} SET state = :new WHERE state = :old").bindparams(**words))
