"""The same seed gives the same night, pixel by pixel and row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from nights import SHORT_NIGHT, Night

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("short night")]

IDENTITY = {"id", "guid", "file", "plan", "plan_guid"}


def rows(night: Night) -> list[dict[str, Any]]:
    """Return the records of a night without identifiers and places on disk."""
    return [
        {key: value for key, value in record.items() if key not in IDENTITY and not key.endswith(("_id", "_guid"))}
        for record in night.tsplug("images", "list")
    ]


def pixels(night: Night) -> dict[str, np.ndarray]:
    """Return the pixels of every frame by its path within the night's folder."""
    return {
        str(file.relative_to(night.out)): fits.getdata(file)
        for folder in ("lights", "flats")
        for file in night.frames(folder)
    }


def test_twice_the_same_seed_is_twice_the_same_night(short_night: Night, night: Night) -> None:
    """File names, pixels, records, grades: all as the first time."""
    night.run(SHORT_NIGHT)
    first, second = pixels(short_night), pixels(night)
    assert first.keys() == second.keys()
    assert len(first) >= 19
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert rows(night) == rows(short_night)


def test_another_seed_is_another_night(short_night: Night, night: Night) -> None:
    """Stars stay where they are; noise and seeing do not."""
    night.run(SHORT_NIGHT, "--seed", 4)
    first, second = pixels(short_night), pixels(night)
    shared = first.keys() & second.keys()
    assert shared
    assert not any(np.array_equal(first[name], second[name]) for name in shared)
