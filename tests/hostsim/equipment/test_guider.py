"""The guider's readings."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from hostsim.equipment.guider import Guider
from hostsim.sky.scene import GuidingSample

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def test_without_drift_it_reads_what_the_night_says() -> None:
    """The root mean squares are those of the sample, total and in pixels of the guider."""
    reading = Guider(lambda started, seconds: GuidingSample(0.3, 0.4), scale_arcsec=2.0).during(NOW, 60.0)
    assert reading.rms_arcsec == pytest.approx(0.5)
    assert reading.metrics()["guiding_rms_px"] == pytest.approx(0.25)


def test_a_drift_counts_as_the_scatter_it_makes() -> None:
    """Positions spread evenly over a drift d scatter by d / sqrt(12) about their mean, beside the error itself."""
    reading = Guider(lambda started, seconds: GuidingSample(0.3, 0.4, 12.0, -24.0)).during(NOW, 60.0)
    assert reading.rms_ra_arcsec == pytest.approx(math.hypot(0.3, 12.0 / math.sqrt(12.0)))
    assert reading.rms_dec_arcsec == pytest.approx(math.hypot(0.4, 24.0 / math.sqrt(12.0)))
