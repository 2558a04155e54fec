"""Seeing wanders slowly, grows with airmass, and has its superb hours."""

from __future__ import annotations

import numpy as np
import pytest

from hostsim.sky.nights import night_of
from hostsim.sky.scenario import SeeingPlan, SeeingSpell
from hostsim.sky.scene import SkySite
from hostsim.sky.seeing import Seeing

NIGHT = night_of(SkySite(), 229_650.0)
HOURS = NIGHT.dusk_hours + np.arange(0.0, 10.0, 1.0 / 30.0)


def test_seeing_grows_with_airmass() -> None:
    """Two airmasses widen a star by two to the power 0.6."""
    seeing = Seeing(1, SeeingPlan())
    once, twice = (seeing.fwhm_arcsec(NIGHT, HOURS, airmass=airmass) for airmass in (1.0, 2.0))
    assert np.allclose(twice, once * 2.0**0.6)


@pytest.mark.parametrize("seed", range(5))
def test_seeing_stays_within_a_usual_night(seed: int) -> None:
    """Over ten hours zenith seeing stays between 1.5 and 2.8 arcseconds, and does move."""
    values = Seeing(seed, SeeingPlan()).zenith_arcsec(NIGHT, HOURS)
    assert values.min() > 1.5
    assert values.max() < 2.8
    assert np.ptp(values) > 0.2
    assert values.mean() == pytest.approx(2.1, abs=0.25)


def test_a_spell_changes_the_seeing_for_its_time() -> None:
    """Inside it the seeing is that of the spell, give or take the night's own changes; outside nothing changes."""
    spell = SeeingSpell(start_hours=1.0, end_hours=3.0, zenith_arcsec=0.7, edge_minutes=10.0)
    values = Seeing(1, SeeingPlan(spells=(spell,))).zenith_arcsec(NIGHT, HOURS)
    usual = Seeing(1, SeeingPlan()).zenith_arcsec(NIGHT, HOURS)
    after_dusk = HOURS - NIGHT.dusk_hours
    inside, outside = (after_dusk > 1.2) & (after_dusk < 2.8), (after_dusk < 1.0) | (after_dusk > 3.0)
    assert np.allclose(values[inside] / usual[inside], 0.7 / 2.1)
    assert np.allclose(values[outside], usual[outside])
