"""Positions in the sky against astropy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.devices.parts import astrometry

MOMENT = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
DEGREES = st.floats(-85, 85)
HOURS = st.floats(0, 23.99)


@pytest.mark.usefixtures("offline_astropy")
def test_sidereal_time_agrees_with_astropy() -> None:
    """Local sidereal time is right to a few seconds."""
    from astropy.time import Time

    expected = Time(MOMENT).sidereal_time("mean", longitude=8.6).hour
    assert astrometry.sidereal_hours(MOMENT, 8.6) == pytest.approx(expected, abs=0.001)


@pytest.mark.usefixtures("offline_astropy")
@pytest.mark.parametrize(("ra_hours", "dec_deg"), [(0.7, 41.3), (5.6, -5.4), (20.9, 44.0), (2.5, 89.2)])
def test_altitude_and_azimuth_agree_with_astropy(ra_hours: float, dec_deg: float) -> None:
    """A J2000 place is where astropy has it, to two hundredths of a degree, precession included."""
    from astropy import units as u
    from astropy.coordinates import AltAz, EarthLocation, SkyCoord
    from astropy.time import Time

    place = EarthLocation(lat=47.2 * u.deg, lon=8.6 * u.deg, height=550 * u.m)
    expected = SkyCoord(ra_hours * u.hourangle, dec_deg * u.deg).transform_to(
        AltAz(obstime=Time(MOMENT), location=place)
    )
    ra, dec = astrometry.of_date(ra_hours, dec_deg, moment=MOMENT)
    altitude, azimuth = astrometry.horizontal(astrometry.sidereal_hours(MOMENT, 8.6) - ra, dec, latitude_deg=47.2)
    assert altitude == pytest.approx(expected.alt.deg, abs=0.02)
    assert azimuth == pytest.approx(expected.az.deg, abs=0.05)


@given(HOURS, DEGREES)
def test_precession_goes_back_to_where_it_came_from(ra_hours: float, dec_deg: float) -> None:
    """J2000 to the date and back is where one started."""
    ra, dec = astrometry.j2000(*astrometry.of_date(ra_hours, dec_deg, moment=MOMENT), moment=MOMENT)
    assert astrometry.wrap_hours(ra - ra_hours) == pytest.approx(0, abs=1e-6)
    assert dec == pytest.approx(dec_deg, abs=1e-6)


@given(st.floats(-11.9, 11.9), DEGREES, st.floats(-80, 80))
def test_horizontal_coordinates_go_back_to_where_they_came_from(
    ha_hours: float, dec_deg: float, latitude: float
) -> None:
    """Hour angle and declination survive altitude and azimuth."""
    ha, dec = astrometry.equatorial(
        *astrometry.horizontal(ha_hours, dec_deg, latitude_deg=latitude), latitude_deg=latitude
    )
    assert astrometry.wrap_hours(ha - ha_hours) == pytest.approx(0, abs=1e-4)
    assert dec == pytest.approx(dec_deg, abs=1e-4)
