"""What N.I.N.A. alone acts upon goes to its own preferences: whether a whole profile may be reset there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_PROFILES = sa.table(
    "profile", sa.column("id", sa.Integer()), sa.column("planner", sa.JSON()), sa.column("nina", sa.JSON())
)
_BEFORE, _AFTER = "reset_completion_at_start", "profile_completion_reset"


def upgrade() -> None:
    """Move the switch; preferences that are no mapping are the doctor's business."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_PROFILES)).mappings().all():
        if not isinstance(row["planner"], dict) or _BEFORE not in row["planner"]:
            continue
        planner = dict(row["planner"])
        nina = row["nina"] if isinstance(row["nina"], dict) else {}
        changed = {"planner": planner, "nina": nina | {_AFTER: planner.pop(_BEFORE)}}
        connection.execute(sa.update(_PROFILES).where(_PROFILES.c.id == row["id"]).values(**changed))
