"""The table of extended objects is sound."""

from __future__ import annotations

import pytest

from hostsim.sky.deepsky import CLUSTERS, GALAXIES, NEBULAE, ExtendedObject
from hostsim.sky.shapes import PATTERNS

OBJECTS = (*GALAXIES, *NEBULAE)


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: thing.name)
def test_each_object_is_whole(thing: ExtendedObject) -> None:
    """Shares of light add up to one, shapes exist, and minor axes are not the longer ones."""
    shining = [part.share for part in thing.parts if part.shape != "dark"]
    assert sum(shining) == pytest.approx(1.0)
    assert {part.shape for part in thing.parts} <= PATTERNS.keys()
    assert 0.0 <= thing.ra_deg < 360.0
    assert -90.0 <= thing.dec_deg <= 90.0
    assert all(min(part.size) > 0.0 for part in thing.parts)
    assert all(0.0 < part.share <= 1.0 for part in thing.parts)


def test_names_are_used_once() -> None:
    """No object stands twice in the table, and it has the well-known ones."""
    names = [thing.name for thing in (*OBJECTS, *CLUSTERS)]
    assert len(set(names)) == len(names)
    assert {"M31", "M33", "M42", "M51", "M81", "M82", "M101", "NGC 7000", "M27", "M57", "M13", "LMC"} <= set(names)
