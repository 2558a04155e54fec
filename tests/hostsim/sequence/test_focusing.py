"""The V-curve."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostsim.alpaca.server import AlpacaServer
from hostsim.clock import SimulatedClock
from hostsim.devices.camera import CameraConfig
from hostsim.devices.configuration import ObservatoryConfig, standard_devices
from hostsim.devices.filterwheel import FilterWheelConfig
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.telescope_config import TelescopeConfig
from hostsim.equipment.rig import connect
from hostsim.sequence.focusing import FocusPoint, FocusSettings, autofocus, best_position, next_position
from hostsim.sequence.host import Host
from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky


def hyperbola(best: float, *, smallest_px: float = 1.2, px_per_step: float = 0.02) -> list[FocusPoint]:
    """Return seven points around 25000 of a telescope whose focus is at ``best``."""
    positions = range(24_880, 25_121, 40)
    return [FocusPoint(x, math.hypot(smallest_px, px_per_step * (x - best))) for x in positions]


@given(best=st.floats(24_900, 25_100), smallest_px=st.floats(0.5, 3), px_per_step=st.floats(0.005, 0.1))
def test_the_minimum_of_a_hyperbola_is_found(best: float, smallest_px: float, px_per_step: float) -> None:
    """Points on a hyperbola give its minimum to the step, wherever it lies among them."""
    points = hyperbola(best, smallest_px=smallest_px, px_per_step=px_per_step)
    assert best_position(points) == pytest.approx(best, abs=1.0)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (hyperbola(25_000)[:3], "3 frames only"),
        (hyperbola(26_000), "lies outside"),
        ([FocusPoint(p.position, 5.0 - p.hfr_px) for p in hyperbola(25_000)], "do not shrink"),
        ([FocusPoint(p.position, 2.0 + 0.5 * (i % 2)) for i, p in enumerate(hyperbola(25_000))], "curve|shrink"),
    ],
)
def test_a_bad_curve_is_refused(points: list[FocusPoint], why: str) -> None:
    """Too few points, a minimum outside, a hill and noise are refused."""
    with pytest.raises(ValueError, match=why):
        best_position(points)


def points_of(*sizes_px: float) -> list[FocusPoint]:
    """Return points of some sizes, 40 steps apart."""
    return [FocusPoint(24_880 + 40 * index, size_px) for index, size_px in enumerate(sizes_px)]


@pytest.mark.parametrize("sizes_px", [(15.3, 5.8, 3.0, 1.8, 1.0, 1.3, 2.5), (16.6, 16.5, 4.2, 2.9, 1.6, 1.0, 1.6)])
def test_points_that_show_no_stars_any_more_do_not_count(sizes_px: tuple[float, ...]) -> None:
    """Far from focus only nebulosity is left, of any size: the rest of the curve tells the focus."""
    assert best_position(points_of(*sizes_px)) == pytest.approx(25_060, abs=45)


@pytest.mark.parametrize(
    ("sizes_px", "goes_on_at"),
    [
        ((4.0, 3.0, 2.0, 1.0, 2.0, 3.0, 4.0), None),
        ((7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0), 25_160),
        ((6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 2.0), 25_160),
        ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 24_840),
        ((1.0, 2.0, 3.0), None),
    ],
)
def test_a_curve_goes_on_where_its_smallest_stars_are(sizes_px: tuple[float, ...], goes_on_at: int | None) -> None:
    """Two points beside the smallest tell that it is one; with too few points nothing is known."""
    assert next_position(points_of(*sizes_px), 40) == goes_on_at


@pytest.mark.parametrize("off_steps", [-150, 30, 150])
def test_stars_are_focused_in_a_nebula_through_a_narrow_filter(make_host: Callable[[], Host], off_steps: int) -> None:
    """M 42 in Ha, where nebulosity outshines stars out of focus: the focus is found, beyond the first points too."""
    optics, sensor = Optics(focal_length_mm=300, aperture_mm=75), Sensor(width=640, height=480)
    clock = SimulatedClock(datetime(2026, 1, 15, 20, 30, tzinfo=UTC))
    telescope, camera = TelescopeConfig(optics=optics), CameraConfig(sensor=sensor)
    devices = standard_devices(telescope, camera, FilterWheelConfig(filters=("Ha",), focus_offsets_steps=(0,)))
    sky = Sky(seed=3, site=SkySite(), optics=optics, sensor=sensor)
    host = make_host()
    with AlpacaServer(Observatory(sky, clock, config=ObservatoryConfig(devices=devices))) as server:
        host.context.devices.rig = connect(server.address, clock)
        host.mount().unpark()
        host.panel().open_cover()
        host.mount().center(5.588, -5.39)
        best = best_focus_steps(optics, sky.temperature_c(clock.now()), filter_name="Ha")
        host.focuser().move(round(best) + off_steps)
        found = autofocus(FocusSettings(exposure_s=60, roi_percent=100), host)
    assert found == pytest.approx(best, abs=20)
