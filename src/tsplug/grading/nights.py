"""Which night a frame belongs to."""

from __future__ import annotations

from datetime import UTC, date, timedelta

from tsplug.model import AcquiredImage


def night_of(image: AcquiredImage) -> date:
    """Return the night of a frame; where its site is not known, the UTC date of the last noon before it."""
    return image.session_date or (image.started.astimezone(UTC) - timedelta(hours=12)).date()
