"""One verdict of a grader on an image."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Keep the latest where a regrade and live grading had stored one each, of which explanations showed both."""
    op.execute("DELETE FROM verdict WHERE id NOT IN (SELECT MAX(id) FROM verdict GROUP BY image_id, grader)")
    op.drop_index("ix_verdict_image_id_grader", "verdict")
    op.create_index("ix_verdict_image_id_grader", "verdict", ["image_id", "grader"], unique=True)
