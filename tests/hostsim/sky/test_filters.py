"""Filters pass what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.filters import CLEAR, CURVES, Band, cell_transmission, curve


def test_an_unknown_filter_is_clear_glass() -> None:
    """A name without a curve passes everything."""
    assert curve("Moonlight 7") is CLEAR


@pytest.mark.parametrize("name", sorted(CURVES))
def test_no_filter_passes_more_than_clear(name: str) -> None:
    """Every filter passes something, and no more than clear glass."""
    assert 0.0 < curve(name).bandwidth <= 1.0
    assert 0.0 < curve(name).panel <= 1.0


def test_broad_bands_pass_more_than_narrow_ones() -> None:
    """Each of R, G and B passes several times as much starlight as a line filter."""
    assert min(curve(name).bandwidth for name in "RGB") > 5.0 * max(curve(n).bandwidth for n in ("Ha", "OIII", "SII"))


@pytest.mark.parametrize(
    ("band", "low_nm", "high_nm"), [(Band.RED, 595, 635), (Band.GREEN, 520, 540), (Band.BLUE, 450, 470)]
)
def test_cells_pass_their_colour(band: Band, low_nm: float, high_nm: float) -> None:
    """Each cell passes most light at its own colour, and is opaque nowhere."""
    wavelength = np.arange(400.0, 700.0)
    passed = cell_transmission(band, wavelength)
    assert low_nm < wavelength[passed.argmax()] < high_nm
    assert 0.7 < passed.max() < 1.0
    assert passed.min() > 0.02


def test_clear_glass_leaves_the_cells_their_colours() -> None:
    """Behind clear glass each cell sees a fifth to two fifths of the light; red stars are brighter in red."""
    red, green, blue = (curve("L", band) for band in (Band.RED, Band.GREEN, Band.BLUE))
    assert all(0.2 < seen.bandwidth < 0.4 for seen in (red, green, blue))
    assert red.colour_term < green.colour_term < blue.colour_term
    assert red.extinction_mag < green.extinction_mag < blue.extinction_mag
    assert red.sky_factor > green.sky_factor > blue.sky_factor


def test_cells_behind_another_colour_see_next_to_nothing() -> None:
    """A hydrogen line reaches the red cells alone, an oxygen line green and blue ones, and B hardly the red ones."""
    seen = {(name, band): curve(name, band).bandwidth / curve(name).bandwidth for name in CURVES for band in Band}
    assert seen["Ha", Band.RED] > 0.5 > 0.1 > max(seen["Ha", Band.GREEN], seen["Ha", Band.BLUE])
    assert seen["OIII", Band.GREEN] > seen["OIII", Band.BLUE] > 0.3 > 0.1 > seen["OIII", Band.RED]
    assert seen["B", Band.RED] < 0.05


def test_a_bare_pixel_sees_what_the_filter_passes() -> None:
    """Without a mosaic the filter's own curve holds."""
    assert cell_transmission(Band.MONO, np.array([400.0, 700.0])).tolist() == [1.0, 1.0]
    assert curve("Ha", Band.MONO) is CURVES["Ha"]
