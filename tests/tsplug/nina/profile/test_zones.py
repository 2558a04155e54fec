from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.nina.profile.zones import guessed_zone
from tsplug.testing.clock import START


@pytest.mark.parametrize(
    ("longitude", "system", "zone"),
    [
        (8.5, "Europe/Zurich", "Europe/Zurich"),
        (-108.7, "Europe/Zurich", "Etc/GMT+7"),
        (-108.7, "America/Denver", "America/Denver"),
        (8.5, "Etc/UTC", "Etc/GMT-1"),
        (8.5, "UTC", "Etc/GMT-1"),
        (8.5, None, "Etc/GMT-1"),
        (0.3, None, "UTC"),
        (8.5, "No/Where", "Etc/GMT-1"),
    ],
)
def test_the_machine_is_believed_where_it_can_be_there(longitude: float, system: str | None, zone: str) -> None:
    """The machine's zone is taken near its longitude; elsewhere that of the longitude is."""
    assert guessed_zone(longitude, system, now=START)[0] == zone


@given(st.floats(-180, 180))
def test_noon_falls_into_the_day(longitude: float) -> None:
    """Every longitude has a zone that is known and at most half an hour from the Sun's time."""
    offset = START.astimezone(ZoneInfo(guessed_zone(longitude, None, now=START)[0])).utcoffset()
    assert offset is not None
    assert abs(offset.total_seconds() / 3600 - longitude / 15) <= 0.5 + 1e-9
