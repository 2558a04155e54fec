"""Measuring held against the truth of the simulated sky, in every scenario that comes with the simulators."""

from __future__ import annotations

import math

import pytest
from simulated_nights import simulated

from hostsim.sky.scenario import named_scenarios

# Hours after dusk at which the scenarios show what they are for, as far as stars are left to be measured.
HOURS = {
    "clear": (2.1,),
    "cloud-bank": (1.95,),
    "defocus-drift": (1.8, 3.8),
    "dew": (7.1,),
    "guiding-loss": (1.8,),
    "mixed": (5.8,),
    "satellites": (1.1,),
    "superb-first-hour": (0.8,),
    "thin-cloud": (1.1,),
    "tree-on-horizon": (7.4,),
    "wind": (3.8,),
}
MOMENTS = [(name, hours) for name, moments in HOURS.items() for hours in moments]


def test_every_scenario_is_measured() -> None:
    """A scenario that comes with the simulators has its moment."""
    assert tuple(HOURS) == named_scenarios()


@pytest.mark.parametrize(("name", "hours"), MOMENTS)
def test_sizes_and_shapes_are_those_of_the_simulated_sky(name: str, hours: float) -> None:
    """HFR within 3 %, FWHM within 5 %, eccentricity within 0.08 of what was drawn, sharp, soft, dimmed or long."""
    (frame,) = simulated((name,), every_min=60, hours=(hours, hours + 1.01), size=(640, 480))
    metrics, truth = frame.image.metrics, frame.truth
    assert metrics["stars_measured"] >= 25
    assert metrics["hfr"] == pytest.approx(truth.hfr_px, rel=0.03)
    assert metrics["fwhm"] == pytest.approx(truth.fwhm_px, rel=0.05)
    eccentricity = math.sqrt(1.0 - truth.elongation**-2.0)
    assert metrics["eccentricity"] == pytest.approx(eccentricity, abs=0.08)
