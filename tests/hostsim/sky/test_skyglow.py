"""The sky is dark at night, brighter low down, and bright at dusk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, get_sun
from astropy.time import Time
from astropy.utils import iers

from hostsim.sky.scene import SkySite
from hostsim.sky.skyglow import sky_mag_per_arcsec2, sun_altitude_deg

SITE = SkySite()
MIDNIGHT = datetime(2026, 3, 12, 23, 25, tzinfo=UTC)


@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_the_sun_stands_where_it_stands(month: int) -> None:
    """The Sun's altitude agrees with astropy's within a tenth of a degree over a day."""
    moments = [datetime(2026, month, 5, 1, tzinfo=UTC) + timedelta(hours=4 * step) for step in range(6)]
    where = EarthLocation(lat=SITE.latitude_deg * u.deg, lon=SITE.longitude_deg * u.deg, height=SITE.elevation_m * u.m)
    with iers.conf.set_temp("auto_download", False):
        time = Time(moments)
        expected = get_sun(time).transform_to(AltAz(obstime=time, location=where)).alt.deg
    assert np.allclose([sun_altitude_deg(SITE, moment) for moment in moments], expected, atol=0.1)


def test_the_zenith_at_midnight_is_as_dark_as_the_site() -> None:
    """Without Sun the zenith has the brightness of the site; 30 degrees up it is a little brighter."""
    assert sky_mag_per_arcsec2(SITE, MIDNIGHT, altitude_deg=90.0) == pytest.approx(SITE.sky_brightness_mag, abs=0.02)
    assert 0.3 < SITE.sky_brightness_mag - sky_mag_per_arcsec2(SITE, MIDNIGHT, altitude_deg=30.0) < 0.9


def test_dusk_darkens_without_a_break() -> None:
    """From afternoon to night the sky darkens steadily, by more than a dozen magnitudes."""
    moments = [datetime(2026, 3, 12, 16, tzinfo=UTC) + timedelta(minutes=5 * step) for step in range(48)]
    mags = [sky_mag_per_arcsec2(SITE, moment, altitude_deg=60.0) for moment in moments]
    assert np.all(np.diff(mags) >= 0.0)
    assert np.diff(mags).max() < 1.5
    assert mags[-1] - mags[0] > 12.0
