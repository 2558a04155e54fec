"""Where nights begin and end at sites whose time zone is not known, or not that of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tsplug.model import Site
from tsplug.model.night import night_of


def site(longitude_deg: float, **fields: str) -> Site:
    return Site(name="Hill", latitude_deg=40.0, longitude_deg=longitude_deg, **fields)


@pytest.mark.parametrize(
    ("longitude", "given_zone", "zone", "nights_by"),
    [
        (-105.0, None, "Etc/GMT+7", "Etc/GMT+7"),
        (8.5, "", "Etc/GMT-1", "Etc/GMT-1"),
        (-3.0, None, "UTC", "UTC"),
        (-105.0, "UTC", "UTC", "Etc/GMT+7"),
        (174.8, "UTC", "UTC", "Etc/GMT-12"),
        (-105.0, "America/Denver", "America/Denver", "America/Denver"),
        (76.0, "Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai"),
        (-157.4, "Pacific/Kiritimati", "Pacific/Kiritimati", "Pacific/Kiritimati"),
        (8.5, "UTC", "UTC", "UTC"),
    ],
)
def test_nights_go_by_a_zone_of_the_place(longitude: float, given_zone: str | None, zone: str, nights_by: str) -> None:
    """Without a zone, or with one whose noon is at night there, nights are counted by the longitude."""
    made = site(longitude) if given_zone is None else site(longitude, time_zone=given_zone)
    assert (made.time_zone, made.night_zone.key) == (zone, nights_by)


@given(st.floats(-180, 180), st.sampled_from(["", "UTC", "Asia/Tokyo", "America/Denver"]), st.integers(0, 364))
def test_no_zone_parts_a_night(longitude: float, zone: str, day: int) -> None:
    """Midnight by the Sun and the seven hours around it lie in one night, whatever zone a site was given."""
    midnight = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=-longitude / 15.0)
    night = night_of(midnight, site(longitude, time_zone=zone))
    assert midnight - timedelta(hours=7) in night
    assert midnight + timedelta(hours=7) - timedelta(seconds=1) in night


def test_a_longitude_that_is_wrong_is_told_alone() -> None:
    """A site without a zone at an impossible longitude has one problem, not two."""
    with pytest.raises(ValidationError) as caught:
        site(200.0)
    assert [each["loc"] for each in caught.value.errors()] == [("longitude_deg",)]
