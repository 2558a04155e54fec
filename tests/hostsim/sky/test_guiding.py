"""Guiding errors are one series in time, shaken by wind and jolts, and lost with the guide star."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.sky.guiding import Guiding
from hostsim.sky.nights import night_of
from hostsim.sky.scenario import GuidingLoss, GuidingPlan, WindPlan
from hostsim.sky.scene import GuidingSample, SkySite
from hostsim.sky.wind import Wind

NIGHT = night_of(SkySite(), 229_650.0)
DUSK = NIGHT.dusk_hours
LOST = GuidingPlan(
    losses=(GuidingLoss(start_hours=1.0, end_hours=1.5, drift_ra_arcsec_per_s=0.05, drift_dec_arcsec_per_s=-0.02),)
)


def guiding(seed: int = 3, plan: GuidingPlan | None = None, *, wind_m_per_s: float = 1.5) -> Guiding:
    return Guiding(seed, plan or GuidingPlan(), wind=Wind(seed, WindPlan(mean_m_per_s=wind_m_per_s)))


def exposed(series: Guiding, *, seconds: float = 60.0) -> list[GuidingSample]:
    return [series.sample(NIGHT, DUSK + index / 40.0, duration_s=seconds) for index in range(400)]


def test_a_sample_belongs_to_its_moment() -> None:
    """The same seed and start give the same error, another seed another."""
    once = guiding().sample(NIGHT, DUSK, duration_s=60.0)
    assert once == guiding().sample(NIGHT, DUSK, duration_s=60.0)
    assert once != guiding(4).sample(NIGHT, DUSK, duration_s=60.0)
    assert (once.drift_ra_arcsec, once.drift_dec_arcsec) == (0.0, 0.0)


def test_a_night_is_mostly_calm() -> None:
    """Over many exposures the median error is that of a good mount, and a few stand far out."""
    errors = np.array([sample.rms_ra_arcsec for seed in range(5) for sample in exposed(guiding(seed))])
    assert np.median(errors) == pytest.approx(0.42, abs=0.05)
    assert 0.005 < np.mean(errors > 2.0 * np.median(errors)) < 0.04
    dec = np.array([sample.rms_dec_arcsec for sample in exposed(guiding())])
    assert np.median(dec) == pytest.approx(0.36, abs=0.05)
    assert dec.max() < 0.7


def test_a_night_without_jolts_has_none() -> None:
    """The scenario says how often something shakes the mount."""
    errors = [sample.rms_ra_arcsec for sample in exposed(guiding(plan=GuidingPlan(jolts_per_hour=0.0)))]
    assert max(errors) < 0.7


@given(
    start_s=st.floats(-50_000.0, 50_000.0), length_s=st.floats(0.5, 3600.0), part=st.floats(0.01, 0.99),
    seed=st.integers(0, 20),
)  # fmt: skip
def test_parts_of_an_exposure_add_up(start_s: float, length_s: float, part: float, seed: int) -> None:
    """Mean squares of a split exposure, weighted by its parts, and its drifts make up the whole."""
    series = guiding(seed, LOST, wind_m_per_s=8.0)
    start = DUSK + start_s / 3600.0
    whole = series.sample(NIGHT, start, duration_s=length_s)
    one = series.sample(NIGHT, start, duration_s=length_s * part)
    two = series.sample(NIGHT, start + length_s * part / 3600.0, duration_s=length_s * (1.0 - part))
    for axis in ("rms_ra_arcsec", "rms_dec_arcsec"):
        parts = part * getattr(one, axis) ** 2 + (1.0 - part) * getattr(two, axis) ** 2
        assert math.sqrt(parts) == pytest.approx(getattr(whole, axis), rel=1e-3)
    assert one.drift_ra_arcsec + two.drift_ra_arcsec == pytest.approx(whole.drift_ra_arcsec, abs=1e-3)
    assert one.drift_dec_arcsec + two.drift_dec_arcsec == pytest.approx(whole.drift_dec_arcsec, abs=1e-3)


def test_an_exposure_without_length_sees_the_moment() -> None:
    """No time at all gives the error of the moment, not a division by nothing."""
    series = guiding()
    none, short = (series.sample(NIGHT, DUSK + 0.001, duration_s=seconds) for seconds in (0.0, 0.01))
    assert none.rms_ra_arcsec == pytest.approx(short.rms_ra_arcsec)


def test_wind_shakes_the_mount_beyond_a_threshold() -> None:
    """A breeze of 3 m/s does nothing, 8 m/s doubles the error and 15 m/s multiplies it by more than three."""
    plan = GuidingPlan(jolts_per_hour=0.0)
    calm, breeze, wind, storm = (
        np.median([sample.rms_dec_arcsec for sample in exposed(guiding(plan=plan, wind_m_per_s=speed))])
        for speed in (0.0, 2.3, 8.0, 15.0)
    )
    assert breeze == calm
    assert 1.5 * calm < wind < 3.0 * calm
    assert storm > 3.0 * calm


def test_a_lost_guide_star_lets_the_mount_drift() -> None:
    """Within the loss the target drifts at the scenario's rate; an exposure half in it by half as much."""
    series = guiding(plan=LOST)
    within = series.sample(NIGHT, DUSK + 1.1, duration_s=300.0)
    assert within.drift_ra_arcsec == pytest.approx(15.0)
    assert within.drift_dec_arcsec == pytest.approx(-6.0)
    assert series.sample(NIGHT, DUSK + 1.0 - 150.0 / 3600.0, duration_s=300.0).drift_ra_arcsec == pytest.approx(7.5)
    assert series.sample(NIGHT, DUSK + 2.0, duration_s=300.0).drift_ra_arcsec == 0.0


def test_a_worse_mount_has_larger_errors() -> None:
    """The factor multiplies both axes."""
    one, three = (guiding(plan=GuidingPlan(rms_factor=factor)) for factor in (1.0, 3.0))
    before, after = (each.sample(NIGHT, DUSK, duration_s=100.0) for each in (one, three))
    assert after.rms_ra_arcsec == pytest.approx(3.0 * before.rms_ra_arcsec)
    assert after.rms_dec_arcsec == pytest.approx(3.0 * before.rms_dec_arcsec)
