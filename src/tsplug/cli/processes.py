"""How many processes commands work in."""

from __future__ import annotations

import os

_MOST_BY_DEFAULT = 4


def usual_processes() -> int:
    """Return how many processes work where nobody says: one for each processor, but no more than memory bears."""
    return max(1, min(_MOST_BY_DEFAULT, os.cpu_count() or 1))
