"""In every night that comes with the simulators, frames show what their truth says: sep is the judge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import sep
from numpy.typing import NDArray
from sep_radii import half_flux_radii

from hostsim.sky.conditions import Conditions
from hostsim.sky.focus import best_focus_steps
from hostsim.sky.scenario import named_scenarios, read_scenario
from hostsim.sky.scene import ExposureSettings, LightPath, Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from hostsim.sky.truth import FrameTruth

Floats = NDArray[np.float64]
# So long that a star covers several cells of a mosaic.
OPTICS = Optics(focal_length_mm=900.0, aperture_mm=180.0)
SITE = SkySite()
SIZE = (800, 600)
FEWEST = 3


@dataclass(frozen=True)
class Seen:
    """What sep makes of lonely bright stars: how far beside the truth they lie, sizes, and the level beside them."""

    beside_px: Floats
    hfr_px: Floats
    fwhm_px: float
    level_adu: float


def green(frame: NDArray[np.uint16]) -> Floats:
    """Return the green plane of an RGGB frame that begins with red; other cells have the mean of their neighbours."""
    data = frame.astype(float)
    around = np.pad(data, 1, mode="reflect")
    between = (around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:]) / 4.0
    column, row = np.indices(frame.shape)
    return np.asarray(np.where((column + row) % 2 == 1, data, between))


def judged(frame: Floats, truth: FrameTruth) -> Seen:
    """Measure the brightest lonely stars of a frame, indexed [x][y], that are not saturated."""
    data = np.ascontiguousarray(frame.T, dtype=np.float32)
    background = sep.Background(data)
    data = data - background
    stars, reach = truth.stars, 5.0 * truth.hfr_px + 3.0
    inside = (np.abs(stars.x - 399.5) < 390 - reach) & (np.abs(stars.y - 299.5) < 290 - reach)
    rows = []
    for row in np.flatnonzero(inside)[:400]:
        near = np.hypot(stars.x - stars.x[row], stars.y - stars.y[row]) < 1.4 * reach
        peak = data[round(stars.y[row]) - 2 :, round(stars.x[row]) - 2 :][:5, :5].max()
        if stars.flux_e[near].sum() < 1.05 * stars.flux_e[row] and 40.0 * background.globalrms < peak < 45_000.0:
            rows.append(row)
    x, y = stars.x[rows[:40]], stars.y[rows[:40]]
    sizes = half_flux_radii(data, x, y, reach=np.full(x.size, reach))
    found_x, found_y, _ = sep.winpos(data, x, y, np.full(x.size, truth.fwhm_px / 2.35), subpix=5)
    width = across(data, x, y) if x.size else 0.0
    return Seen(np.hypot(found_x - x, found_y - y), sizes, width, float(np.median(background.back())))


def across(data: Floats, x: Floats, y: Floats) -> float:
    """Return the full width at half maximum of the mean profile of some stars."""
    around = np.arange(-14, 15)
    columns = np.rint(x).astype(int)[:, None, None] + around[None, None, :]
    rows = np.rint(y).astype(int)[:, None, None] + around[None, :, None]
    distance = np.hypot(columns - x[:, None, None], rows - y[:, None, None])
    values = data[rows, columns]
    values = values / values.sum(axis=(1, 2), keepdims=True)
    ring = (distance / 0.4).astype(int)
    numbers = [number for number in range(30) if (ring == number).any()]
    profile = np.array([np.median(values[ring == number]) for number in numbers])
    middles = np.array([np.mean(distance[ring == number]) for number in numbers])
    last = np.flatnonzero(profile >= profile.max() / 2.0)[-1]
    return 2.0 * float(np.interp(-profile.max() / 2.0, -profile[last : last + 2], middles[last : last + 2]))


def frame_of(name: str, exposure: ExposureSettings, *, hours: float, bayer: bool = False) -> tuple[Floats, FrameTruth]:
    """Return a frame in a scenario, so many hours after dusk, and its truth; focused as at dusk."""
    conditions = Conditions(7, SITE, scenario=read_scenario(name))
    dusk = exposure.started - timedelta(hours=conditions.hours_after_dusk(exposure.started))
    started: datetime = dusk + timedelta(hours=hours)
    sensor = Sensor(*SIZE, bayer=bayer)
    sky = Sky(seed=7, site=SITE, optics=OPTICS, sensor=sensor, scenario=conditions)
    focus = round(best_focus_steps(OPTICS, 9.0, filter_name="L"))
    path = LightPath(7.6, 30.0, 60.0, 30.0, 25.0, "L", focus, 9.0, False, 0.0, True)
    settings = replace(exposure, started=started)
    frame, truth = sky.render(path, settings), sky.truth(path, settings)
    return (green(frame) if bayer else frame.astype(float)), truth


@pytest.mark.parametrize("hours", [0.5, 2.1, 4.4])
@pytest.mark.parametrize("name", named_scenarios())
def test_frames_agree_with_their_truth(name: str, hours: float, exposure: ExposureSettings) -> None:
    """Places, HFR, FWHM and background of a frame are those told; where no star is seen the truth says why."""
    frame, truth = frame_of(name, exposure, hours=hours)
    seen = judged(frame, truth)
    assert seen.level_adu == pytest.approx(truth.background_adu, rel=0.02)
    if seen.hfr_px.size < FEWEST:
        assert truth.sky is not None
        assert truth.sky.transparency < 0.1
        assert truth.wrong
        return
    assert np.median(seen.beside_px) < 0.1 * max(1.0, truth.hfr_px / 2.0)
    assert np.median(seen.hfr_px) == pytest.approx(truth.hfr_px, rel=0.03)
    if truth.elongation < 1.3:
        assert seen.fwhm_px == pytest.approx(truth.fwhm_px, rel=0.08)


@pytest.mark.parametrize("name", named_scenarios())
def test_the_green_plane_agrees_with_the_truth(name: str, exposure: ExposureSettings) -> None:
    """On frames of a colour sensor the green plane has the places and sizes told, but for the blur of its making."""
    frame, truth = frame_of(name, exposure, hours=1.7, bayer=True)
    seen = judged(frame, truth)
    assert seen.hfr_px.size >= FEWEST
    assert np.median(seen.beside_px) < 0.15
    blurred = float(np.hypot(truth.hfr_px, 0.6))
    assert truth.hfr_px * 0.95 < np.median(seen.hfr_px) < blurred * 1.05


def test_the_nights_differ(exposure: ExposureSettings) -> None:
    """Something is wrong at one of the moments in most nights, and nothing ever in the clear one."""
    wrong = {
        name: [frame_of(name, exposure, hours=hours)[1].wrong for hours in (0.5, 2.1, 4.4)]
        for name in named_scenarios()
    }
    assert wrong["clear"] == [(), (), ()]
    assert sum(any(told) for told in wrong.values()) >= 6
