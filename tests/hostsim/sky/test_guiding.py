"""Guiding errors are plausible, seeded and belong to one exposure."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from hostsim.sky.guiding import Guiding


def test_a_sample_belongs_to_its_exposure(started: datetime) -> None:
    """The same seed and start give the same error, another seed another."""
    assert Guiding(3).sample(started, 60.0) == Guiding(3).sample(started, 60.0)
    assert Guiding(3).sample(started, 60.0) != Guiding(4).sample(started, 60.0)


def test_a_night_is_mostly_calm(started: datetime) -> None:
    """Over many exposures the median error is that of a good mount, and a few stand far out."""
    errors = np.array([Guiding(3).sample(started + timedelta(seconds=90 * n), 60.0).rms_ra_arcsec for n in range(400)])
    assert 0.3 < np.median(errors) < 0.6
    assert 0.005 < np.mean(errors > 2.0 * np.median(errors)) < 0.08


def test_focusing_exposures_are_spared_by_gusts(started: datetime) -> None:
    """Short exposures never show a gust."""
    errors = [Guiding(3).sample(started + timedelta(seconds=10 * n), 4.0).rms_ra_arcsec for n in range(400)]
    assert max(errors) < 0.8
