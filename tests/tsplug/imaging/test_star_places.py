"""Which stars are found held against which the simulated sky drew, each by its place."""

from __future__ import annotations

import pytest
from placed_stars import Look, held

ROSETTE = {"ra_hours": 6.532, "dec_deg": 4.94, "altitude_deg": 45.0}
LOOKS = {
    "clear": Look(),
    "cloud bank": Look("cloud-bank", 2.075),
    "thin cloud": Look("thin-cloud", 2.2),
    "dew": Look("dew", 7.1),
    "everything": Look("mixed", 5.8),
    "soft": Look(defocus_steps=100),
    "out of focus": Look("defocus-drift", 3.8),
    "discs": Look(defocus_steps=400),
    "narrow band": Look(filter_name="Ha"),
    "nebula": Look(**ROSETTE),
    "nebula in narrow band": Look(filter_name="Ha", **ROSETTE),
}


@pytest.mark.parametrize("name", LOOKS)
def test_stars_are_found_where_they_were_drawn(name: str) -> None:
    """No more than 5 in 1000 are none; no more than 5 in 100 are missed that nobody should miss, of discs 30."""
    found, measured = held(LOOKS[name])
    assert found.false <= max(1, 0.005 * found.found)
    assert found.sure >= 8
    discs = "fwhm" not in measured.metrics
    assert discs == (name in ("out of focus", "discs"))
    assert found.missed <= max(1, (0.3 if discs else 0.05) * found.sure)
    assert measured.metrics["star_count"] == found.found
    assert measured.metrics["stars_measured"] <= found.found
    hfr_px = measured.metrics["hfr"]
    assert found.off_px < 0.15 * max(hfr_px, 1.0)


@pytest.mark.parametrize("name", ["narrow band", "nebula in narrow band"])
def test_as_many_stars_are_counted_as_reach_the_signal_to_noise(name: str) -> None:
    """Where stars hardly overlap, the count is within a tenth of how many were drawn of a signal to noise of 10."""
    found, _ = held(LOOKS[name])
    assert found.found == pytest.approx(found.expected, rel=0.1)
