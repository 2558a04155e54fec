"""From the equinox of date to J2000."""

from __future__ import annotations

from datetime import datetime


def to_j2000(ra_hours: float, dec_deg: float, *, date: datetime) -> tuple[float, float]:
    """Return the J2000 coordinates of a place given for the mean equator and equinox of a date (IAU 1976 precession).

    Nutation and aberration (below 40 arcsec together) are not taken out: programs differ in whether they put them in.
    """
    # Heavy, and few lists need it.
    from astropy import units
    from astropy.coordinates import FK5, SkyCoord
    from astropy.time import Time

    place = SkyCoord(ra_hours * units.hourangle, dec_deg * units.deg, frame=FK5(equinox=Time(date)))
    mean = place.transform_to(FK5(equinox="J2000"))
    return float(mean.ra.hour) % 24.0, float(mean.dec.deg)
