"""Known stars stand at their places."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from hostsim.sky.brightstars import all_bright_stars
from hostsim.sky.stars import stars_near

# ICRS at epoch J2000.0 and V, as SIMBAD gives them.
KNOWN = {
    "Sirius": (32349, 101.28716, -16.71612, -1.46),
    "Polaris": (11767, 37.95456, 89.26411, 1.98),
    "Vega": (91262, 279.23473, 38.78369, 0.03),
    "Barnard's star": (87937, 269.45208, 4.69339, 9.51),
    "Arcturus": (69673, 213.91530, 19.18241, -0.05),
    "Alcyone": (17702, 56.87115, 24.10514, 2.87),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_stars_are_in_their_fields(name: str) -> None:
    """A look at a well-known star finds it within 0.2 arcseconds and 0.15 magnitudes of its published values."""
    hip, ra_deg, dec_deg, v_mag = KNOWN[name]
    table = stars_near(ra_deg, dec_deg, radius_deg=0.2)
    star = table.keep(table.hip == hip)
    assert star.hip.size == 1
    assert (star.ra_deg[0] - ra_deg) * np.cos(np.radians(dec_deg)) * 3600.0 == pytest.approx(0.0, abs=0.2)
    assert (star.dec_deg[0] - dec_deg) * 3600.0 == pytest.approx(0.0, abs=0.2)
    assert star.magnitude[0] == pytest.approx(v_mag, abs=0.15)


def test_stars_move() -> None:
    """In 26 years Barnard's star runs 270 arcseconds, most of it north."""
    table = stars_near(269.45208, 4.69339, radius_deg=0.1)
    star = table.keep(table.hip == 87937)
    later = star.moved(26.0)
    assert (later.dec_deg - star.dec_deg)[0] * 3600.0 == pytest.approx(268.5, abs=0.1)
    assert (later.ra_deg - star.ra_deg)[0] * 3600.0 * np.cos(np.radians(4.7)) == pytest.approx(-20.8, abs=0.1)


def test_the_pleiades_show_their_dipper() -> None:
    """The seven brightest stars of the field are the best known."""
    table = stars_near(56.75, 24.117, radius_deg=1.0)
    brightest = table.hip[np.argsort(table.magnitude)][:7]
    assert set(brightest.tolist()) == {17702, 17847, 17499, 17573, 17608, 17531, 17851}


def test_counts_are_those_of_the_published_catalogue() -> None:
    """Stars brighter than each magnitude are as many as Hipparcos has (OEIS A053406), within 2.5 % or four stars."""
    published = {1: 15, 2: 49, 3: 172, 4: 511, 5: 1600, 6: 4968, 7: 15328, 8: 40858, 9: 82484, 10: 106963}
    magnitude = all_bright_stars().magnitude
    for limit, count in published.items():
        assert np.count_nonzero(magnitude < limit) == pytest.approx(count, rel=0.025, abs=4)


def test_the_catalogue_is_read_at_the_first_look() -> None:
    """Importing the sky's stars does not read the catalogue."""
    code = "import hostsim.sky.brightstars as b; assert b._loaded.cache_info().currsize == 0"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)
