"""The Sun stands where astropy has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time

from hostsim.sky.randomness import hours_since_epoch
from hostsim.sky.scene import SkySite
from hostsim.sky.sun import sun_at


@pytest.mark.usefixtures("offline_astropy")
@pytest.mark.parametrize("month", [1, 4, 7, 10])
@pytest.mark.parametrize("latitude_deg", [47.2, -33.0, 78.0])
def test_the_sun_stands_where_it_stands(month: int, latitude_deg: float) -> None:
    """Altitude and azimuth agree with astropy's within a tenth of a degree over a day."""
    moments = [datetime(2026, month, 5, 1, tzinfo=UTC) + timedelta(hours=4 * step) for step in range(6)]
    site = SkySite(latitude_deg=latitude_deg)
    where = EarthLocation(lat=latitude_deg * u.deg, lon=site.longitude_deg * u.deg, height=site.elevation_m * u.m)
    time = Time(moments)
    expected = get_sun(time).transform_to(AltAz(obstime=time, location=where))
    seen = sun_at(site, np.array([hours_since_epoch(moment) for moment in moments]))
    assert np.allclose(seen.altitude_deg, expected.alt.deg, atol=0.1)
    apart = (seen.azimuth_deg - expected.az.deg + 180.0) % 360.0 - 180.0
    assert np.allclose(apart * np.cos(expected.alt.rad), 0.0, atol=0.1)
