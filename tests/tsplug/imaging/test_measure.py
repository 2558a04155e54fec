"""All numbers of one frame."""

from __future__ import annotations

import numpy as np
import pytest

from tsplug.imaging.measure import STAR_METRICS, measure_frame
from tsplug.imaging.settings import StarSettings
from tsplug.metrics import METRICS


def blobs() -> np.ndarray:
    y, x = np.mgrid[:200, :200]
    frame = np.random.default_rng(1).normal(500, 5, (200, 200))
    for place in (40, 100, 160):
        frame += 9000 * np.exp(-((x - place) ** 2 + (y - 100) ** 2) / 8)
    return np.rint(frame).astype(np.uint16)


def test_every_number_has_a_known_key() -> None:
    """What is measured is stored and graded under the keys of the metrics."""
    result = measure_frame(blobs(), StarSettings(), scale_arcsec=1.5)
    # Three stars tell nothing of the field or its parts, nor whether they are round; one frame nothing of others.
    assert STAR_METRICS - set(result.metrics) == {
        "eccentricity",
        "ellipticity",
        "orientation_coherence",
        "tilt",
        "curvature",
        "dead_cells",
        "transparency",
        "background_rise",
    }
    assert set(result.metrics) <= set(METRICS)
    assert result.metrics["star_count"] == 3
    assert result.metrics["fwhm_arcsec"] == result.metrics["fwhm"] * 1.5


def test_what_cannot_be_measured_has_no_key() -> None:
    """A frame without stars has a count of zero and no HFR; without a scale there are no arcseconds."""
    empty = measure_frame(np.random.default_rng(1).normal(500, 5, (100, 100)), StarSettings(), scale_arcsec=1.0)
    assert empty.metrics["star_count"] == 0
    assert not {"hfr", "fwhm", "fwhm_arcsec", "eccentricity", "snr"} & set(empty.metrics)
    assert "fwhm_arcsec" not in measure_frame(blobs(), StarSettings()).metrics
    lone = measure_frame(blobs()[:, 68:132], StarSettings()).metrics
    assert lone["star_count"] == 1
    assert "hfr" in lone
    assert "hfr_stdev" not in lone


@pytest.mark.parametrize("shape", [(5,), (0, 100), (3, 100, 100)])
def test_what_is_no_plane_is_refused(shape: tuple[int, ...]) -> None:
    """The reason says what a frame has."""
    with pytest.raises(ValueError, match="a frame has rows and columns, this one is "):
        measure_frame(np.zeros(shape, np.uint16), StarSettings())


def test_a_frame_too_small_for_stars_has_levels_alone() -> None:
    """Nothing is said of stars: that none were counted would reject it."""
    result = measure_frame(blobs()[:63], StarSettings())
    assert {"adu_median", "background", "noise", "saturated_share"} < set(result.metrics)
    assert not set(result.metrics) & (STAR_METRICS - {"background", "noise"})
