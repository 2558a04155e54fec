"""Seeing wanders slowly and grows with airmass."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hostsim.sky.seeing import Seeing


def test_seeing_grows_with_airmass(started: datetime) -> None:
    """Two airmasses widen a star by two to the power 0.6."""
    seeing = Seeing(1)
    assert seeing.fwhm_arcsec(started, 2.0) == pytest.approx(seeing.fwhm_arcsec(started, 1.0) * 2.0**0.6)


def test_seeing_stays_within_a_usual_night(started: datetime) -> None:
    """Over ten hours zenith seeing stays between 1.5 and 2.8 arcseconds, and does move."""
    values = [Seeing(1).fwhm_arcsec(started + timedelta(minutes=2 * n), 1.0) for n in range(300)]
    assert min(values) > 1.5
    assert max(values) < 2.8
    assert max(values) - min(values) > 0.2
