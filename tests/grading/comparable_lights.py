"""Lights of one plan, comparable with one another, for tests that say only what is measured of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tsplug.model import AcquiredImage

NIGHT = datetime(2026, 1, 15, 20, tzinfo=UTC)
"""When the light of number 0 was begun."""


def light(number: int, metrics: Mapping[str, float], /, **changes: Any) -> AcquiredImage:
    """Return a light of a minute, one begun every 20 minutes by its number; other fields differ as ``changes`` says."""
    usual: dict[str, Any] = {
        "id": number,
        "guid": f"g{number}",
        "profile_name": "rig",
        "project_name": "p",
        "target_name": "t",
        "filter_name": "L",
        "file": "light.fits",
        "started": NIGHT + timedelta(minutes=20 * number),
        "acquired": NIGHT + timedelta(minutes=20 * number + 1),
        "exposure_s": 60,
        "metrics": dict(metrics),
    }
    return AcquiredImage(**usual | changes)
